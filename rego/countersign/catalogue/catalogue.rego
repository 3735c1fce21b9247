# METADATA
# title: The tool catalogue
# description: The entries of the resource's catalogue that a requested scope overlaps.
package countersign.catalogue

import data.countersign.scopes

# METADATA
# title: The entries that each scope overlaps
# description: >-
#   For each requested scope, in that order, every entry that covers it or is covered by it: a
#   wildcard is treated like the riskiest entry it overlaps.
# custom:
#   id: countersign.catalogue.overlapping
overlapping := [entries |
	some scope in input.request.scopes
	entries := [entry |
		some entry in input.resource.scopes
		scopes.overlaps(entry.name, scope)
	]
]

# METADATA
# title: Scopes that are in the catalogue
# description: Positions of the requested scopes that an entry covers as a whole.
# custom:
#   id: countersign.catalogue.listed
listed contains position if {
	some position, scope in input.request.scopes
	some entry in overlapping[position]
	scopes.covers(entry.name, scope)
}

# METADATA
# title: Report scopes outside the catalogue to operators
# description: >-
#   The agent gets the reason for any scope it does not hold, so that the catalogue cannot be
#   read by probing; operators see the difference, in one alarm that lists, separated by
#   spaces, the scopes that no entry covers.
# custom:
#   id: countersign.catalogue.outside
obligations := [obligation |
	outside := [scope |
		some position, scope in input.request.scopes
		not position in listed
	]
	count(outside) > 0
	obligation := {
		"id": "countersign.catalogue.outside",
		"type": "alarm",
		"properties": {"signal": "scope_not_in_catalogue", "scope": concat(" ", outside)},
	}
]
