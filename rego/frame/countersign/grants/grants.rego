# METADATA
# title: Grants
# description: The agent's grants on this resource in the registry. No scope is granted without one.
package countersign.grants

import data.countersign.scopes

# METADATA
# title: The grants that cover each scope
# description: For each requested scope, in that order, the agent's grants on this resource that cover it.
# custom:
#   id: countersign.grants.covering
covering := [grants |
	some scope in input.request.scopes
	grants := [grant |
		some grant in input.agent.grants
		grant.resource in {"*", input.request.resource}
		some pattern in grant.scopes
		scopes.covers(pattern, scope)
	]
]

# METADATA
# title: Scopes held
# description: Positions of the requested scopes that a grant covers.
# custom:
#   id: countersign.grants.held
held contains position if {
	some position, grants in covering
	count(grants) > 0
}

# METADATA
# title: The lifetimes the grants allow
# description: >-
#   For each scope that only grants with a lifetime cover, the longest of them in seconds: removing a
#   grant then never lengthens a lifetime.
# custom:
#   id: countersign.grants.max_ttl_seconds
max_ttl_seconds[position] := max(caps) if {
	some position, grants in covering
	caps := [grant.max_ttl_seconds | some grant in grants]
	count(caps) > 0
	count(caps) == count(grants)
}

# METADATA
# title: Reason for a scope that is not granted
# description: >-
#   Identical for a scope that is not granted, one that is not in the catalogue and a honey scope, so
#   that the answer does not distinguish them.
# custom:
#   id: countersign.grants.scope_not_granted
refusal := {
	"rule": "countersign.grants.scope_not_granted",
	"code": "scope_not_granted",
	"message": "The scope is not granted to this agent on this resource.",
}

# METADATA
# title: Granted
# description: Returned when a scope is granted.
# custom:
#   id: countersign.grants.granted
reason := {
	"rule": "countersign.grants.granted",
	"code": "granted_to_agent",
	"message": "A grant of the agent covers the scope, and every rule lets it pass.",
}
