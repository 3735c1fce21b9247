# METADATA
# title: The tool catalogue
# description: >-
#   The catalogue entries that each requested scope overlaps, by its position. A wildcard is treated
#   like the riskiest entry it overlaps.
package countersign.catalogue

import data.countersign.config
import data.countersign.scopes

# METADATA
# title: The entries that each scope overlaps
# description: For each requested scope, in that order, every entry that covers it or is covered by it.
# custom:
#   id: countersign.catalogue.touched
touched := [entries |
	some scope in input.request.scopes
	entries := [entry |
		some entry in input.resource.scopes
		scopes.overlaps(entry.name, scope)
	]
]

# METADATA
# title: Scopes that are in the catalogue
# description: Positions of the requested scopes that one entry covers as a whole.
# custom:
#   id: countersign.catalogue.listed
listed contains position if {
	some position, scope in input.request.scopes
	some entry in touched[position]
	scopes.covers(entry.name, scope)
}

# METADATA
# title: Scopes that may be granted
# description: Listed scopes, if every overlapped entry has a known risk and is not honey.
# custom:
#   id: countersign.catalogue.open
open contains position if {
	some position in listed
	every entry in touched[position] {
		is_number(config.ttl_seconds[entry.risk])
		object.get(entry, "honey", false) == false
	}
}

# METADATA
# title: Scopes without review in the catalogue
# description: Scopes that overlap no entry marked for review.
# custom:
#   id: countersign.catalogue.unattended
unattended contains position if {
	some position, entries in touched
	every entry in entries {
		object.get(entry, "review", false) == false
	}
}

# METADATA
# title: Honey requested by name
# description: The requested scopes within a honey entry, in the requested order.
# custom:
#   id: countersign.catalogue.honey
honey := [scope |
	some position, scope in input.request.scopes
	count([entry |
		some entry in touched[position]
		object.get(entry, "honey", false) != false
		scopes.covers(entry.name, scope)
	]) > 0
]

# METADATA
# title: Raise an alarm for honey
# description: One alarm that lists the honey scopes; the agent sees an ordinary denial.
# custom:
#   id: countersign.catalogue.alarm
alarms := [alarm |
	count(honey) > 0
	alarm := {
		"id": "countersign.catalogue.alarm",
		"type": "alarm",
		"properties": {"signal": "honey_scope", "scope": concat(" ", honey)},
	}
]
