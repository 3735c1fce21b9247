package countersign.review_test

import data.countersign.config
import data.countersign.fixture_test as fixture
import data.countersign.review

entries := [
	{"name": "low"},
	{"name": "medium", "risk": "medium"},
	{"name": "high", "risk": "high"},
	{"name": "critical", "risk": "critical"},
	{"name": "flagged", "review": true},
	{"name": "unreadable", "review": "no"},
	{"name": "unknown", "risk": "extreme"},
	{"name": "group:1"},
	{"name": "group:2", "review": true},
]

scopes := [entry.name | some entry in entries]

exempt(anomaly) := {scopes[position] | some position in positions} if {
	asked := object.union(fixture.catalogued(entries, scopes), {"signals": anomaly})
	positions := review.exempt with input as asked
}

test_exempt if exempt({}) == {"low", "medium", "high", "group:1"}

test_exempt_from_an_odd_agent if exempt({"anomaly": 0.8}) == {"low", "medium", "group:1"}

test_a_wildcard_takes_the_worst if {
	count(review.exempt) == 0 with input as fixture.catalogued(entries, ["group:*", "*"])
}

test_nothing_is_exempt_without_configuration if {
	asked := fixture.catalogued(entries, scopes)
	exempted := review.exempt with input as asked
		with data.countersign.config as json.remove(config, ["risk"])
	count(exempted) == 0
}

test_ask if {
	review.ask == {
		"approvers": ["operators"],
		"expires_in_seconds": 3600,
		"reason": "The scope needs approval by a person.",
	}
}
