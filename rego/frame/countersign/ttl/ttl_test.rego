package countersign.ttl_test

import data.countersign.ttl

tiers := {"low": 900, "medium": 600, "high": 120, "critical": 60}

entry := {"name": "a", "risk": "low", "description": ""}

asking(seconds, resource, grant) := {
	"request": {"resource": "api", "scopes": ["a", "b"], "ttl_seconds": seconds},
	"agent": {"grants": [object.union({"resource": "api", "scopes": ["a"]}, grant)]},
	"resource": object.union({"id": "api", "scopes": [entry]}, resource),
}

test_seconds[note] if {
	some note, [seconds, resource, grant, caps, shortest] in {
		"as asked": [300, {}, {}, [], 300],
		"by risk": [3600, {}, {}, [], 900],
		"by the worst risk": [3600, {"scopes": [entry, object.union(entry, {"risk": "high"})]}, {}, [], 120],
		"by entry": [3600, {"scopes": [object.union(entry, {"max_ttl_seconds": 50})]}, {}, [], 50],
		"by resource": [3600, {"max_ttl_seconds": 40}, {}, [], 40],
		"by grant": [3600, {}, {"max_ttl_seconds": 30}, [], 30],
		"by rule": [3600, {}, {}, [20, 70], 20],
	}
	found := ttl.seconds([0], caps) with input as asking(seconds, resource, grant)
		with data.countersign.config.ttl_seconds as tiers
	found == shortest
}

test_undefined[note] if {
	some note, [seconds, resource, caps] in {
		"a part of a second": [300, {}, [59.5]],
		"no time left": [300, {}, [0]],
		"asked for a part": [0.5, {}, []],
		"a cap that is no number": [300, {"max_ttl_seconds": "60"}, []],
	}
	not ttl.seconds([0], caps) with input as asking(seconds, resource, {})
		with data.countersign.config.ttl_seconds as tiers
}

test_reasons if {
	ttl.reasons(60) == [] with input as asking(60, {}, {})
	[one.code | some one in ttl.reasons(60)] == ["ttl_capped"] with input as asking(61, {}, {})
}
