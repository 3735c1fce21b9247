# METADATA
# title: Lifetime
# description: The shortest of the requested lifetime and every cap on the granted scopes.
package countersign.ttl

import data.countersign.assessment
import data.countersign.catalogue
import data.countersign.grants
import data.countersign.limits
import data.countersign.risk

# METADATA
# title: The resource's cap
# description: The longest lifetime of any token for the resource, where it has one.
# custom:
#   id: countersign.ttl.resource
resource_caps := [cap |
	seconds := input.resource.max_ttl_seconds
	cap := {"rule": "countersign.ttl.resource", "seconds": seconds}
]

# METADATA
# title: The catalogue's caps
# description: The caps of the entries that the granted scopes overlap.
# custom:
#   id: countersign.ttl.scope
scope_caps := [cap |
	some position in assessment.granted
	some entry in catalogue.overlapping[position]
	cap := {"rule": "countersign.ttl.scope", "seconds": entry.max_ttl_seconds}
]

# METADATA
# title: The risk tiers' caps
# description: The caps of the risk tiers of the entries that the granted scopes overlap.
# custom:
#   id: countersign.ttl.risk
risk_caps := [cap |
	some position in assessment.granted
	some seconds in risk.ttl_seconds(position)
	cap := {"rule": "countersign.ttl.risk", "seconds": seconds}
]

# METADATA
# title: The grants' caps
# description: The caps of the grants that cover the scopes granted.
# custom:
#   id: countersign.ttl.grant
grant_caps := [cap |
	some position in assessment.granted
	cap := {"rule": "countersign.ttl.grant", "seconds": grants.max_ttl_seconds[position]}
]

# METADATA
# title: Every cap
# description: All caps on the scopes granted, as `{rule, seconds}`.
# custom:
#   id: countersign.ttl.caps
caps := [cap |
	some group in [
		resource_caps,
		scope_caps,
		risk_caps,
		grant_caps,
	]
	some cap in group
]

# METADATA
# title: The lifetime within every cap
# description: >-
#   In seconds, for the scopes granted. Undefined, which denies, when a cap is not a
#   whole number of seconds from one up, or when no risk tier capped it.
# custom:
#   id: countersign.ttl.within_caps
within_caps := shortest if {
	count(risk_caps) > 0
	all_seconds := [cap.seconds | some cap in caps]
	every one in all_seconds {
		one == floor(one)
	}
	shortest := min(array.concat([input.request.ttl_seconds], all_seconds))
	shortest == floor(shortest)
	shortest >= 1
}

# METADATA
# title: The lifetime granted
# description: >-
#   In seconds: the shortest cap, divided while the agent behaves oddly, but at least one.
# custom:
#   id: countersign.ttl.seconds
seconds := max([1, floor(within_caps / limits.ttl_divisor)])

# METADATA
# title: Rules that determined the lifetime
# description: Those with the shortest cap, and the one that divides if it shortened the lifetime.
# custom:
#   id: countersign.ttl.binding
binding contains cap.rule if {
	within_caps < input.request.ttl_seconds
	some cap in caps
	cap.seconds == within_caps
}

# METADATA
# title: The odd behaviour determined the lifetime
# description: Returned when the division shortened the lifetime.
# custom:
#   id: countersign.ttl.binding_step_up
binding contains "countersign.limits.step_up" if seconds < within_caps

# METADATA
# title: Reasons for a shorter lifetime
# description: One reason for each kind of cap that determined the lifetime; none for the requested lifetime.
# custom:
#   id: countersign.ttl.capped
reasons := [reason |
	some rule in [
		"countersign.ttl.resource",
		"countersign.ttl.scope",
		"countersign.ttl.risk",
		"countersign.ttl.grant",
		"countersign.limits.step_up",
	]
	rule in binding
	reason := {
		"rule": rule,
		"code": "ttl_capped",
		"message": "The lifetime is shorter than asked.",
	}
]
