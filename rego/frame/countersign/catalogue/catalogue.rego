# METADATA
# title: The tool catalogue
# description: >-
#   What the resource's catalogue says of each scope asked for, by its position. A wildcard answers
#   for the worst of every entry it reaches.
package countersign.catalogue

import data.countersign.config
import data.countersign.scopes

# METADATA
# title: The entries each scope touches
# description: For each scope asked for, in that order, every entry that covers it or is covered by it.
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
# description: Those that one entry covers as a whole.
# custom:
#   id: countersign.catalogue.listed
listed contains position if {
	some position, scope in input.request.scopes
	some entry in touched[position]
	scopes.covers(entry.name, scope)
}

# METADATA
# title: Scopes that may be had
# description: Those listed, all of whose entries are of a known risk and are not honey.
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
# title: Scopes the catalogue leaves to the agent
# description: Those none of whose entries wants a person to approve.
# custom:
#   id: countersign.catalogue.unattended
unattended contains position if {
	some position, entries in touched
	every entry in entries {
		object.get(entry, "review", false) == false
	}
}

# METADATA
# title: Honey asked for by name
# description: The scopes that lie within a honey entry, in the order asked.
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
# title: Tell operators of honey
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
