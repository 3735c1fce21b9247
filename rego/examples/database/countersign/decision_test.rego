package countersign.decision_test

import data.countersign.decision
import data.countersign.request_test

entries := [
	{"name": "read:orders:*", "risk": "low", "description": ""},
	{"name": "read:customers:*", "risk": "high", "description": "", "review": true},
	{"name": "write:orders:*", "risk": "high", "description": ""},
	{"name": "read:cards:*", "risk": "critical", "description": "", "honey": true},
]

# An analyst of acme.
asking(scopes) := json.patch(request_test.whole, [
	{"op": "replace", "path": "/request/scopes", "value": scopes},
	{"op": "replace", "path": "/agent/roles", "value": ["analyst", "support"]},
	{"op": "replace", "path": "/agent/labels", "value": {"tenants": "acme", "max_rows": "1000"}},
	{"op": "replace", "path": "/resource/scopes", "value": entries},
])

test_effects[note] if {
	some note, [scopes, effect, codes] in {
		"all": [["read:orders:acme:1000"], "allow", ["granted_to_agent"]],
		"some": [
			["read:orders:acme:1", "read:orders:globex:1", "write:orders:acme"], "narrow",
			["granted_to_agent", "not_this_tenant", "outside_change_window"],
		],
		"after review": [["read:customers:acme:1"], "review", ["needs_review"]],
		"none": [["read:cards:acme:1", "read:payouts:acme:1"], "deny", ["scope_not_granted"]],
	}
	result := decision with input as asking(scopes)
	result.effect == effect
	[one.code | some one in result.reasons] == codes
}

test_a_shorter_lifetime_says_so if {
	asked := json.patch(asking(["read:orders:acme:1"]), [{"op": "replace", "path": "/request/ttl_seconds", "value": 90}])
	result := decision with input as asked
	result.grant.ttl_seconds == 60
	[one.code | some one in result.reasons] == ["granted_to_agent", "ttl_capped"]
}

test_unmet_conditions_say_so if {
	asked := object.union(asking(["read:orders:acme:1"]), {
		"signals": {"denials_60m": 21},
		"resource": {"working_hours": {"days": ["sun"]}},
	})
	result := decision with input as asked
	[one.code | some one in result.reasons] == ["outside_working_hours", "over_limit"]
}

test_nothing_is_denied if {
	decision.effect == "deny" with input as {}
}

test_nothing_is_granted_without_a_configuration if {
	result := decision with input as asking(["read:orders:acme:1"]) with data.countersign.config as {}
	result.effect == "deny"
}

test_denied_by_default if {
	result := decision with input as asking(["read:orders:acme:1"])
		with data.countersign.rules.checks as false
	result.reasons[0].code == "denied_by_default"
}
