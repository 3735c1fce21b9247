# METADATA
# title: The team
# description: >-
#   Roles, and the teams of agents and resources. A worker has a scope of its role only if its lead's
#   role has it, too.
package countersign.team

import data.countersign.config
import data.countersign.scopes

# METADATA
# title: A role names a scope
# description: One of the patterns of the role covers it.
# custom:
#   id: countersign.team.names
names(role, scope) if {
	some pattern in config.roles[role].scopes
	scopes.covers(pattern, scope)
}

# METADATA
# title: A role allows a scope
# description: The role names it, and so does every role that it is under. An undefined role allows nothing.
# custom:
#   id: countersign.team.allows
allows(role, scope) if {
	names(role, scope)
	every above in config.roles[role].under {
		names(above, scope)
	}
}

# METADATA
# title: Scopes of the agent's roles
# description: Positions of the requested scopes that one of the agent's roles allows.
# custom:
#   id: countersign.team.assigned
assigned contains position if {
	some position, scope in input.request.scopes
	some role in input.agent.roles
	allows(role, scope)
}

# METADATA
# title: A resource without a team
# description: A resource without the label `team` is for every team.
# custom:
#   id: countersign.team.satisfied_by_none
satisfied if not "team" in object.keys(object.get(input.resource, "labels", {}))

# METADATA
# title: A resource of the team
# description: The labels `team` of agent and resource are equal.
# custom:
#   id: countersign.team.satisfied_by_label
satisfied if input.resource.labels.team == input.agent.labels.team

# METADATA
# title: A resource of another team
# description: Returned when the resource belongs to another team than the agent.
# custom:
#   id: countersign.team.foreign
refusals["other_team"] := {
	"rule": "countersign.team.foreign",
	"code": "other_team",
	"message": "The resource belongs to another team.",
} if {
	not satisfied
}

# METADATA
# title: Not in a role
# description: Returned for a scope that no role of the agent allows.
# custom:
#   id: countersign.team.not_assigned
refusal := {
	"rule": "countersign.team.not_assigned",
	"code": "not_this_role",
	"message": "No role of the agent, under its lead, may ask for the scope.",
}
