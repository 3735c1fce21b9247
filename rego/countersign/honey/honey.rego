# METADATA
# title: Honey scopes
# description: Decoy scopes. A request for one looks like any other denial and raises an alarm.
package countersign.honey

import data.countersign.catalogue
import data.countersign.config
import data.countersign.scopes

# METADATA
# title: Scopes that overlap no honey
# description: Positions of the requested scopes that overlap only entries known not to be honey.
# custom:
#   id: countersign.honey.clean
clean contains position if {
	some position, entries in catalogue.overlapping
	every entry in entries {
		object.get(entry, "honey", false) == false
	}
}

# METADATA
# title: Scopes that overlap honey
# description: Positions of the requested scopes that are not known to be clean.
# custom:
#   id: countersign.honey.touched
touched contains position if {
	some position, _ in input.request.scopes
	not position in clean
}

# METADATA
# title: Honey requested by name
# description: Positions of the requested scopes within a honey entry, without those that only reach one by a wildcard.
# custom:
#   id: countersign.honey.named
named contains position if {
	some position in touched
	some entry in catalogue.overlapping[position]
	object.get(entry, "honey", false) != false
	scopes.covers(entry.name, input.request.scopes[position])
}

# METADATA
# title: Raise an alarm for honey
# description: One alarm that lists, separated by spaces, the requested scopes that overlap honey.
# custom:
#   id: countersign.honey.alarm
alarms := [alarm |
	count(touched) > 0
	asked := [scope |
		some position, scope in input.request.scopes
		position in touched
	]
	alarm := {
		"id": "countersign.honey.alarm",
		"type": "alarm",
		"properties": {"signal": "honey_scope", "scope": concat(" ", asked)},
	}
]

# METADATA
# title: Quarantine for honey
# description: Returned when honey was requested by name and `honey.quarantine` is on.
# custom:
#   id: countersign.honey.quarantine
quarantines := [quarantine |
	config.honey.quarantine == true
	count(named) > 0
	quarantine := {
		"id": "countersign.honey.quarantine",
		"type": "quarantine",
		"properties": {"reason": "honey_scope"},
	}
]

# METADATA
# title: Obligations for honey
# description: The alarm, then the quarantine.
# custom:
#   id: countersign.honey.obligations
obligations := array.concat(alarms, quarantines)
