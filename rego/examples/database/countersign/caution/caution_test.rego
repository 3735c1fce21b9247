package countersign.caution_test

import data.countersign.caution

asking(signals) := {
	"request": {"scopes": ["read:orders:acme:1", "write:orders:acme"]},
	"resource": {"scopes": [
		{"name": "read:orders:*", "risk": "low", "description": ""},
		{"name": "write:orders:*", "risk": "high", "description": ""},
	]},
	"signals": signals,
}

test_acceptable[note] if {
	some note, [signals, positions, caps] in {
		"as usual": [{"anomaly": 0.69}, {0, 1}, []],
		"odd": [{"anomaly": 0.7}, {0}, [30]],
	}
	acceptable := caution.acceptable with input as asking(signals)
	acceptable == positions
	caution.ttl_caps == caps with input as asking(signals)
}

test_nothing_without_a_score if {
	not caution.usual with input as asking({})
	not caution.ttl_caps with input as asking({})
}
