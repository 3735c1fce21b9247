package countersign.ttl_test

import data.countersign.config
import data.countersign.fixture_test as fixture
import data.countersign.ttl

entries := [
	{"name": "low"},
	{"name": "medium", "risk": "medium"},
	{"name": "capped", "max_ttl_seconds": 200},
	{"name": "group:*"},
	{"name": "group:1", "max_ttl_seconds": 150},
]

asking(scopes, seconds) := object.union(fixture.catalogued(entries, scopes), {"request": {"ttl_seconds": seconds}})

test_seconds[note] if {
	some note, [asked, changes, granted, rules] in {
		"what was asked": [asking(["low"], 600), {}, 600, []],
		"exactly the cap": [asking(["low"], 3600), {}, 3600, []],
		"the risk": [asking(["low"], 9999), {}, 3600, ["countersign.ttl.risk"]],
		"the worst risk": [asking(["low", "medium"], 9999), {}, 900, ["countersign.ttl.risk"]],
		"the scope": [asking(["capped"], 9999), {}, 200, ["countersign.ttl.scope"]],
		"an entry below": [asking(["group:*"], 9999), {}, 150, ["countersign.ttl.scope"]],
		"the resource": [
			asking(["low"], 9999),
			{"resource": {"max_ttl_seconds": 50}},
			50,
			["countersign.ttl.resource"],
		],
		"the grant": [
			asking(["low"], 9999),
			{"agent": {"grants": [{"resource": "stripe", "scopes": ["*"], "max_ttl_seconds": 40}]}},
			40,
			["countersign.ttl.grant"],
		],
		"odd behaviour": [
			asking(["low"], 9999),
			{"signals": {"anomaly": 0.9}},
			900,
			["countersign.ttl.risk", "countersign.limits.step_up"],
		],
		"odd behaviour, uncapped": [
			asking(["low"], 601),
			{"signals": {"anomaly": 0.9}},
			150,
			["countersign.limits.step_up"],
		],
		"odd behaviour, and hardly any time": [
			asking(["low"], 3),
			{"signals": {"anomaly": 0.9}},
			1,
			["countersign.limits.step_up"],
		],
		"odd behaviour, and no time to take": [asking(["low"], 1), {"signals": {"anomaly": 0.9}}, 1, []],
		"two caps alike": [
			asking(["capped"], 9999),
			{"resource": {"max_ttl_seconds": 200}},
			200,
			["countersign.ttl.resource", "countersign.ttl.scope"],
		],
	}
	changed := object.union(asked, changes)
	ttl.seconds == granted with input as changed
	[[reason.rule | some reason in ttl.reasons]] == [rules] with input as changed
}

test_undefined[note] if {
	some note, changes in {
		"a cap of zero": {"resource": {"max_ttl_seconds": 0}},
		"a negative cap": {"resource": {"max_ttl_seconds": -1}},
		"a fraction": {"resource": {"max_ttl_seconds": 0.5}},
		"a fraction that does not bind": {"resource": {"max_ttl_seconds": 5000.5}},
		"a text": {"resource": {"max_ttl_seconds": "60"}},
		"null": {"resource": {"max_ttl_seconds": null}},
		"a fraction asked for": {"request": {"ttl_seconds": 1.5}},
		"an anomaly beyond quarantine": {"signals": {"anomaly": 0.95}},
	}
	changed := object.union(asking(["low"], 600), changes)
	not ttl.seconds with input as changed
}

test_undefined_without_a_tier if {
	not ttl.seconds with input as asking(["low"], 600)
		with data.countersign.config as json.remove(config, ["risk"])
}

test_undefined_for_nothing if {
	not ttl.seconds with input as asking(["other"], 600)
}
