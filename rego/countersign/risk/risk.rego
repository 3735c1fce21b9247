# METADATA
# title: Risk tiers
# description: The restrictions of a catalogue entry's risk, by the tiers in the configuration.
package countersign.risk

import data.countersign.catalogue
import data.countersign.config

# METADATA
# title: Scopes of known risk
# description: Positions of the requested scopes that overlap only entries with a tier.
# custom:
#   id: countersign.risk.known
known contains position if {
	some position, entries in catalogue.overlapping
	every entry in entries {
		is_number(config.risk[entry.risk].max_ttl_seconds)
	}
}

# METADATA
# title: The lifetimes a scope's risks allow
# description: The cap in seconds of the tier of each entry that the scope overlaps.
# custom:
#   id: countersign.risk.ttl_seconds
ttl_seconds(position) := [config.risk[entry.risk].max_ttl_seconds |
	some entry in catalogue.overlapping[position]
]
