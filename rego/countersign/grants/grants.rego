# METADATA
# title: Grants
# description: Scopes that the agent holds directly and through its roles.
package countersign.grants

import data.countersign.config
import data.countersign.scopes

# METADATA
# title: A grant is for the resource
# description: It names the requested resource, or `*`.
# custom:
#   id: countersign.grants.applies
applies(grant) if grant.resource in {"*", input.request.resource}

# METADATA
# title: Grants of the agent
# description: The agent's own grants that are for the resource.
# custom:
#   id: countersign.grants.own
own := [grant |
	some grant in input.agent.grants
	applies(grant)
]

# METADATA
# title: Grants of the agent's roles
# description: The grants of its roles that are for the resource. An undefined role grants nothing.
# custom:
#   id: countersign.grants.by_role
by_role := [grant |
	some role in input.agent.roles
	some grant in config.roles[role].grants
	applies(grant)
]

# METADATA
# title: A grant covers a scope
# description: One of its patterns covers the scope.
# custom:
#   id: countersign.grants.gives
gives(grant, scope) if {
	some pattern in grant.scopes
	scopes.covers(pattern, scope)
}

# METADATA
# title: Scopes held by the agent itself
# description: Positions of the requested scopes that one of the agent's own grants covers.
# custom:
#   id: countersign.grants.held_by_agent
held_by_agent contains position if {
	some position, scope in input.request.scopes
	some grant in own
	gives(grant, scope)
}

# METADATA
# title: Scopes held through a role
# description: Positions of the requested scopes that a grant of one of the agent's roles covers.
# custom:
#   id: countersign.grants.held_by_role
held_by_role contains position if {
	some position, scope in input.request.scopes
	some grant in by_role
	gives(grant, scope)
}

# METADATA
# title: Scopes held
# description: Positions of the requested scopes that any grant covers.
# custom:
#   id: countersign.grants.held
held := held_by_agent | held_by_role

# METADATA
# title: The lifetime the grants allow
# description: >-
#   For each scope that only grants with a lifetime cover, the longest of them in seconds: every
#   grant counts separately, so that removing one never lengthens a lifetime.
# custom:
#   id: countersign.grants.max_ttl_seconds
max_ttl_seconds[position] := longest if {
	some position in held
	scope := input.request.scopes[position]
	covering := [grant |
		some grant in array.concat(own, by_role)
		gives(grant, scope)
	]
	caps := [grant.max_ttl_seconds | some grant in covering]
	count(caps) == count(covering)
	longest := max(caps)
}

# METADATA
# title: Reason for a scope that is not granted
# description: >-
#   Identical for a scope that is not granted, one that is not in the catalogue and a honey
#   scope, so that the answer does not distinguish them.
# custom:
#   id: countersign.grants.scope_not_granted
refusal := {
	"rule": "countersign.grants.scope_not_granted",
	"code": "scope_not_granted",
	"message": "The scope is not granted to this agent on this resource.",
}

# METADATA
# title: Granted to the agent
# description: Returned when an own grant of the agent covers a scope that is granted.
# custom:
#   id: countersign.grants.agent_grant
agent_reason := {
	"rule": "countersign.grants.agent_grant",
	"code": "granted_to_agent",
	"message": "A grant of the agent covers the scope.",
}

# METADATA
# title: Granted to a role
# description: Returned when a grant of one of the agent's roles covers a scope that is granted.
# custom:
#   id: countersign.grants.role_grant
role_reason := {
	"rule": "countersign.grants.role_grant",
	"code": "granted_to_role",
	"message": "A grant of a role of the agent covers the scope.",
}
