package countersign.catalogue_test

import data.countersign.catalogue

entries := [
	{"name": "read:*", "risk": "low", "description": ""},
	{"name": "read:cards", "risk": "high", "description": "", "honey": true},
	{"name": "pay", "risk": "high", "description": "", "review": true},
	{"name": "odd", "risk": "unheard of", "description": ""},
]

asking(scopes) := {"request": {"scopes": scopes}, "resource": {"scopes": entries}}

test_open[note] if {
	some note, [scopes, positions] in {
		"listed": [["read:a", "pay"], {0, 1}],
		"not listed": [["write", "read"], set()],
		"honey": [["read:cards"], set()],
		"a wildcard that reaches honey": [["read:*"], set()],
		"a wildcard that no entry covers": [["*"], set()],
		"an undefined risk": [["odd"], set()],
	}
	open := catalogue.open with input as asking(scopes)
	open == positions
}

test_unattended if {
	unattended := catalogue.unattended with input as asking(["read:a", "pay", "*"])
	unattended == {0}
}

test_honey_by_name_only if {
	honey := catalogue.honey with input as asking(["read:cards", "read:*", "read:a"])
	honey == ["read:cards"]
}

test_one_alarm if {
	alarms := catalogue.alarms with input as asking(["read:cards", "read:a"])
	[alarm.properties | some alarm in alarms] == [{"signal": "honey_scope", "scope": "read:cards"}]
}

test_no_alarm if {
	catalogue.alarms == [] with input as asking(["read:a"])
}

test_nothing_without_a_catalogue if {
	count(catalogue.open) == 0 with input as {"request": {"scopes": ["a"]}}
}
