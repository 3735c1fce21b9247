# METADATA
# title: The format of the request
# description: >-
#   The input is checked against its schema before it gets here; what the other rules build on
#   is checked again, so that this bundle denies without that check.
package countersign.request

# METADATA
# title: The input holds exactly the members that are known
# description: A missing or an unknown member at the top of the input is a denial.
# custom:
#   id: countersign.request.known_members
known_members if {
	is_object(input.request)
	is_object(input.agent)
	is_object(input.resource)
	is_object(input.signals)
	is_object(input.delegation)
	is_object(input.now)
	approval := [value | value := input.approval]
	count(input) == 6 + count(approval)
	count(approval) == 1
	count(input.request) == 4
	is_object(input.request.declared)
	every name, _ in input.request.declared {
		name in {"session_id", "task_id", "user_id", "reason"}
	}
}

# METADATA
# title: The request is well formed
# description: At least one scope, all texts, no duplicate, and a lifetime of at least one second.
# custom:
#   id: countersign.request.well_formed
well_formed if {
	known_members
	is_string(input.request.resource)
	is_array(input.request.scopes)
	every scope in input.request.scopes {
		is_string(scope)
	}
	distinct := {scope | some scope in input.request.scopes}
	count(distinct) == count(input.request.scopes)
	count(distinct) > 0
	is_number(input.request.ttl_seconds)
	input.request.ttl_seconds >= 1
	is_number(input.now.unix_ms)
	is_string(input.agent.id)
	input.agent.id != ""
}

# METADATA
# title: The resource is the requested one
# description: The catalogue entry in the input belongs to the resource of the request.
# custom:
#   id: countersign.request.same_resource
same_resource if input.resource.id == input.request.resource

# METADATA
# title: The request can be decided
# description: Holds when the request is well formed and its resource is the one described.
# custom:
#   id: countersign.request.satisfied
satisfied if {
	well_formed
	same_resource
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
# title: Refuse another resource's description
# description: Returned when the catalogue entry is not that of the requested resource.
# custom:
#   id: countersign.request.resource_mismatch
refusals["resource_mismatch"] := {
	"rule": "countersign.request.resource_mismatch",
	"code": "resource_mismatch",
	"message": "The resource asked for is not the resource described.",
} if {
	not same_resource
}
