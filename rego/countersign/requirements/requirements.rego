# METADATA
# title: Required declarations
# description: A resource may require a session, a task, a user or a reason. Declared values never grant.
package countersign.requirements

# METADATA
# title: Where each requirement is declared
# description: The member of `request.declared` that holds each requirement.
# custom:
#   id: countersign.requirements.members
members := {"session": "session_id", "task": "task_id", "user": "user_id", "reason": "reason"}

# METADATA
# title: The requirements of the resource
# description: An empty list when the resource requires nothing.
# custom:
#   id: countersign.requirements.required
required := object.get(input.resource, "requires", [])

# METADATA
# title: A requirement was declared
# description: The member is a text that is not empty.
# custom:
#   id: countersign.requirements.declared
declared(requirement) if {
	value := input.request.declared[members[requirement]]
	is_string(value)
	value != ""
}

# METADATA
# title: Everything required was declared
# description: Holds when each requirement of the resource was declared.
# custom:
#   id: countersign.requirements.satisfied
satisfied if {
	is_array(required)
	every requirement in required {
		declared(requirement)
	}
}

# METADATA
# title: Refuse missing declarations
# description: Returned once for each requirement that was not declared, with its name.
# custom:
#   id: countersign.requirements.missing
refusals[requirement] := {
	"rule": "countersign.requirements.missing",
	"code": "declared_member_required",
	"message": concat("", ["The resource requires the request to declare its ", requirement, "."]),
} if {
	some requirement in required
	not declared(requirement)
}
