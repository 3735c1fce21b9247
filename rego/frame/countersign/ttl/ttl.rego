# METADATA
# title: Lifetime
# description: The shortest of the requested lifetime and every cap on the granted scopes.
package countersign.ttl

import data.countersign.catalogue
import data.countersign.config
import data.countersign.grants

# METADATA
# title: Caps of the scopes
# description: In seconds, of the entries that these scopes overlap, of the entries' risks, and of the grants.
# custom:
#   id: countersign.ttl.scope_caps
scope_caps(positions) := [seconds |
	some position in positions
	some seconds in array.concat(
		[seconds |
			some entry in catalogue.touched[position]
			some seconds in [config.ttl_seconds[entry.risk], object.get(entry, "max_ttl_seconds", 1e9)]
		],
		[seconds | seconds := grants.max_ttl_seconds[position]],
	)
]

# METADATA
# title: The lifetime granted
# description: >-
#   In seconds, for the scopes at these positions, with these further caps. Undefined, which denies,
#   unless every cap is a whole number of seconds from one up.
# custom:
#   id: countersign.ttl.seconds
seconds(positions, caps) := shortest if {
	resource_cap := object.get(input.resource, "max_ttl_seconds", 1e9)
	all_caps := array.concat(array.concat([resource_cap], scope_caps(positions)), caps)
	every cap in all_caps {
		cap == floor(cap)
		cap >= 1
	}
	shortest := min(array.concat(all_caps, [input.request.ttl_seconds]))
	shortest == floor(shortest)
}

# METADATA
# title: Reason for a shorter lifetime
# description: None for the requested lifetime.
# custom:
#   id: countersign.ttl.capped
reasons(granted_seconds) := [reason |
	granted_seconds < input.request.ttl_seconds
	reason := {
		"rule": "countersign.ttl.capped",
		"code": "ttl_capped",
		"message": "The lifetime is shorter than asked.",
	}
]
