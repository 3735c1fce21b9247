# METADATA
# title: The format of the request
# description: >-
#   The input has exactly the members that this policy knows, at every level. A missing or unknown
#   member is a denial.
package countersign.request

# METADATA
# title: An object has the required members and no unknown ones
# description: Members of the first set are required, those of the second are optional.
# custom:
#   id: countersign.request.has
has(value, required, optional) if {
	is_object(value)
	names := object.keys(value)
	count(required - names) == 0
	count((names - required) - optional) == 0
}

# METADATA
# title: Every member is known
# description: Of the input, of each object in it, and of the entries of its lists.
# custom:
#   id: countersign.request.known
known if {
	has(input, {"request", "agent", "resource", "signals", "delegation", "approval", "now"}, set())
	has(input.request, {"resource", "scopes", "ttl_seconds", "declared"}, set())
	has(input.request.declared, set(), {"session_id", "task_id", "user_id", "reason"})
	has(input.agent, {"id", "class", "roles", "grants", "labels", "authentication"}, set())
	has(
		input.resource, {"id", "audiences", "scopes"},
		{"max_ttl_seconds", "requires", "working_hours", "labels"},
	)
	has(input.delegation, {"chain"}, set())
	has(input.now, {"unix_ms"}, set())
	every hours in [hours | hours := input.resource.working_hours] {
		has(hours, {"timezone", "days", "start", "end"}, set())
	}
	every grant in input.agent.grants {
		has(grant, {"resource", "scopes"}, {"max_ttl_seconds"})
	}
	every entry in input.resource.scopes {
		has(entry, {"name", "risk", "description"}, {"honey", "review", "max_ttl_seconds"})
	}
}

# METADATA
# title: Every signal is present
# description: Each counter and the anomaly score is a number from zero up, and the score's terms are a list.
# custom:
#   id: countersign.request.counted
counted if {
	has(
		input.signals,
		{
			"requests_10m",
			"requests_2h",
			"denials_60m",
			"first_seen_scopes_60m",
			"first_seen_resources_60m",
			"first_seen_now",
			"anomaly",
			"learning",
			"terms",
		},
		set(),
	)
	is_boolean(input.signals.first_seen_now)
	is_boolean(input.signals.learning)
	is_array(input.signals.terms)
	every name, value in object.remove(input.signals, ["first_seen_now", "learning", "terms"]) {
		is_string(name)
		is_number(value)
		value >= 0
	}
}

# METADATA
# title: The request is well formed
# description: At least one scope, all texts, none twice, a lifetime of a second or more, and a time.
# custom:
#   id: countersign.request.well_formed
well_formed if {
	known
	counted
	is_array(input.agent.grants)
	is_array(input.agent.roles)
	is_array(input.resource.scopes)
	is_array(input.request.scopes)
	distinct := {scope | some scope in input.request.scopes; is_string(scope)}
	count(distinct) == count(input.request.scopes)
	count(distinct) > 0
	is_number(input.request.ttl_seconds)
	input.request.ttl_seconds >= 1
	is_number(input.now.unix_ms)
	is_string(input.agent.id)
	input.agent.id != ""
}

# METADATA
# title: The agent asks for itself, for the resource described
# description: Without a delegation chain and an approval, which this policy does not support.
# custom:
#   id: countersign.request.direct
direct if {
	input.delegation == {"chain": []}
	input.approval == null
	input.resource.id == input.request.resource
}

# METADATA
# title: Required members are declared
# description: Each of session, task, user and reason that it names is declared, and not empty.
# custom:
#   id: countersign.request.declared
declared if {
	members := {"session": "session_id", "task": "task_id", "user": "user_id", "reason": "reason"}
	requirements := object.get(input.resource, "requires", [])
	is_array(requirements)
	every requirement in requirements {
		input.request.declared[members[requirement]] != ""
	}
}

# METADATA
# title: The request can be decided
# description: It is well formed, made for the agent itself, and has the required declarations.
# custom:
#   id: countersign.request.satisfied
satisfied if {
	well_formed
	direct
	declared
}

# METADATA
# title: Refuse a malformed input
# description: Returned when the input does not have the expected format.
# custom:
#   id: countersign.request.malformed
refusals["malformed_input"] := {
	"rule": "countersign.request.malformed",
	"code": "malformed_input",
	"message": "The request could not be understood by the policy.",
} if {
	not well_formed
}

# METADATA
# title: Refuse requests on behalf of others
# description: Returned for a delegation chain, an approval, and a resource that is not the one asked for.
# custom:
#   id: countersign.request.indirect
refusals["not_direct"] := {
	"rule": "countersign.request.indirect",
	"code": "not_direct",
	"message": "Only what an agent asks for itself can be decided.",
} if {
	not direct
}

# METADATA
# title: Refuse missing declarations
# description: Returned when the request lacks a session, task, user or reason that the resource requires.
# custom:
#   id: countersign.request.undeclared
refusals["declared_member_required"] := {
	"rule": "countersign.request.undeclared",
	"code": "declared_member_required",
	"message": "The resource requires the request to declare more.",
} if {
	not declared
}
