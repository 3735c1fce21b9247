package countersign.decision_test

import data.countersign.decision
import data.countersign.request_test

entries := [
	{"name": "read:payments:*", "risk": "low", "description": ""},
	{"name": "refund:eur:*", "risk": "high", "description": ""},
	{"name": "read:cards", "risk": "critical", "description": "", "honey": true},
	{"name": "read:disputes", "risk": "low", "description": "", "review": true},
]

# A billing agent that refunds for zoe.
asking(scopes) := json.patch(request_test.whole, [
	{"op": "replace", "path": "/request/scopes", "value": scopes},
	{"op": "replace", "path": "/request/declared/task_id", "value": "refund:981"},
	{"op": "replace", "path": "/request/declared/user_id", "value": "zoe"},
	{"op": "replace", "path": "/agent/roles", "value": ["billing"]},
	{"op": "replace", "path": "/resource/scopes", "value": entries},
])

test_effects[note] if {
	some note, [scopes, effect, codes] in {
		"all": [["read:payments:7", "refund:eur:100"], "allow", ["granted_to_agent"]],
		"some": [
			["read:payments:7", "read:cards", "refund:eur:50001"], "narrow",
			["granted_to_agent", "scope_not_granted", "over_amount"],
		],
		"some now, some after review": [
			["read:payments:7", "refund:eur:20000"], "narrow",
			["granted_to_agent", "needs_review"],
		],
		"after review": [["refund:eur:20000"], "review", ["needs_review"]],
		"none": [["read:cards", "read:payouts"], "deny", ["scope_not_granted"]],
	}
	result := decision with input as asking(scopes)
	result.effect == effect
	[one.code | some one in result.reasons] == codes
}

test_a_shorter_lifetime_says_so if {
	asked := json.patch(asking(["read:payments:7"]), [{"op": "replace", "path": "/request/ttl_seconds", "value": 90}])
	result := decision with input as asked
	result.grant.ttl_seconds == 60
	[one.code | some one in result.reasons] == ["granted_to_agent", "ttl_capped"]
}

test_removed_names_the_rule if {
	result := decision with input as asking(["read:payments:7", "read:cards", "refund:eur:20000"])
	{one.scope: one.rule | some one in result.removed} == {
		"read:cards": "countersign.grants.scope_not_granted",
		"refund:eur:20000": "countersign.needs_review",
	}
}

test_unmet_conditions_say_so if {
	asked := object.union(asking(["read:payments:7"]), {
		"signals": {"denials_60m": 11},
		"resource": {"working_hours": {"days": ["sun"]}},
	})
	result := decision with input as asked
	result.effect == "deny"
	[one.code | some one in result.reasons] == ["outside_working_hours", "over_limit"]
}

test_nobody_to_review_is_a_denial if {
	result := decision with input as json.remove(
		object.union(asking(["read:disputes"]), {"resource": {"requires": []}}),
		["request/declared/user_id"],
	)
		with data.countersign.config.tasks.refund.scopes as ["read:*"]
	result.effect == "deny"
	[one.code | some one in result.reasons] == ["needs_review"]
}

test_nothing_is_denied if {
	decision.effect == "deny" with input as {}
}

test_nothing_is_granted_without_a_configuration if {
	result := decision with input as asking(["read:payments:7"]) with data.countersign.config as {}
	result.effect == "deny"
}

test_denied_by_default if {
	result := decision with input as asking(["read:payments:7"])
		with data.countersign.rules.checks as false
	result.reasons[0].code == "denied_by_default"
}
