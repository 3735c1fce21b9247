package countersign.honey_test

import data.countersign.config
import data.countersign.fixture_test as fixture
import data.countersign.honey

entries := [{"name": "a:1"}, {"name": "a:2", "honey": true}, {"name": "b"}, {"name": "c:*", "honey": true}, {"name": "d:*"}, {"name": "d:1", "honey": true}]

quarantining := object.union(config, {"honey": {"quarantine": true}})

test_touched[note] if {
	some note, [scopes, touched, named] in {
		"by name": [["a:2"], {0}, {0}],
		"below a honey entry": [["c:1"], {0}, {0}],
		"by a wildcard": [["a:*"], {0}, set()],
		"by a wildcard that is in the catalogue": [["d:*"], {0}, set()],
		"by everything": [["b", "*"], {1}, set()],
		"not at all": [["a:1", "b"], set(), set()],
		"not in the catalogue": [["z"], set(), set()],
	}
	asked := fixture.catalogued(entries, scopes)
	honey.touched == touched with input as asked
	honey.named == named with input as asked
	honey.clean == numbers_to(count(scopes)) - touched with input as asked
}

numbers_to(size) := {number | some number in numbers.range(0, size - 1)}

test_unreadable_flag_is_honey[note] if {
	some note, flag in {"a text": "no", "null": null, "zero": 0}
	asked := fixture.catalogued([{"name": "a", "honey": flag}], ["a"])
	count(honey.clean) == 0 with input as asked
}

test_alarms if {
	asked := fixture.catalogued(entries, ["b", "a:2", "c:1"])
	alarms := honey.obligations with input as asked
	alarms == [{
		"id": "countersign.honey.alarm",
		"type": "alarm",
		"properties": {"signal": "honey_scope", "scope": "a:2 c:1"},
	}]
}

test_quarantine if {
	asked := fixture.catalogued(entries, ["a:2"])
	owed := honey.obligations with input as asked with data.countersign.config as quarantining
	owed[1] == {
		"id": "countersign.honey.quarantine",
		"type": "quarantine",
		"properties": {"reason": "honey_scope"},
	}
	count(owed) == 2
}

test_no_quarantine_for_a_wildcard if {
	asked := fixture.catalogued(entries, ["a:*"])
	owed := honey.obligations with input as asked with data.countersign.config as quarantining
	{obligation.type | some obligation in owed} == {"alarm"}
}
