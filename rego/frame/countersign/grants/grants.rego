# METADATA
# title: Grants
# description: What the registry lets the agent ask for on this resource. Nothing is granted beyond it.
package countersign.grants

import data.countersign.scopes

# METADATA
# title: The grants that cover each scope
# description: For each scope asked for, in that order, the agent's grants on this resource that cover it.
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
# description: Positions of the scopes asked for that a grant covers.
# custom:
#   id: countersign.grants.held
held contains position if {
	some position, grants in covering
	count(grants) > 0
}

# METADATA
# title: The lifetimes the grants allow
# description: >-
#   For each scope all of whose grants have a lifetime, the longest of them in seconds: taking a
#   grant away then never lengthens anything.
# custom:
#   id: countersign.grants.max_ttl_seconds
max_ttl_seconds[position] := max(caps) if {
	some position, grants in covering
	caps := [grant.max_ttl_seconds | some grant in grants]
	count(caps) > 0
	count(caps) == count(grants)
}

# METADATA
# title: What the agent is told of a scope it may not have
# description: >-
#   The same for one that is not granted, not in the catalogue, or honey, so that the answer tells
#   none of them apart.
# custom:
#   id: countersign.grants.scope_not_granted
refusal := {
	"rule": "countersign.grants.scope_not_granted",
	"code": "scope_not_granted",
	"message": "The scope is not granted to this agent on this resource.",
}

# METADATA
# title: Granted
# description: Said when a scope is granted.
# custom:
#   id: countersign.grants.granted
reason := {
	"rule": "countersign.grants.granted",
	"code": "granted_to_agent",
	"message": "A grant of the agent covers the scope, and every rule lets it pass.",
}
