package countersign.decision_test

import data.countersign.decision
import data.countersign.request_test

entries := [
	{"name": "search", "risk": "low", "description": ""},
	{"name": "fetch:*", "risk": "low", "description": ""},
	{"name": "notes:write:*", "risk": "medium", "description": ""},
	{"name": "plan:publish", "risk": "high", "description": "", "review": true},
	{"name": "plan:credentials", "risk": "critical", "description": "", "honey": true},
]

asking(roles, scopes) := json.patch(request_test.whole, [
	{"op": "replace", "path": "/request/scopes", "value": scopes},
	{"op": "replace", "path": "/agent/roles", "value": roles},
	{"op": "replace", "path": "/resource/scopes", "value": entries},
])

test_effects[note] if {
	some note, [roles, scopes, effect, codes] in {
		"all": [["lead"], ["search", "fetch:docs.example.org/a"], "allow", ["granted_to_agent"]],
		"some": [
			["reader"], ["fetch:docs.example.org/a", "fetch:evil.example/a", "search"], "narrow",
			["granted_to_agent", "not_this_role", "page_not_listed"],
		],
		"after review": [["lead"], ["plan:publish"], "review", ["needs_review"]],
		"none": [["lead"], ["plan:credentials", "plan:other"], "deny", ["scope_not_granted"]],
	}
	result := decision with input as asking(roles, scopes)
	result.effect == effect
	[one.code | some one in result.reasons] == codes
}

test_a_shorter_lifetime_says_so if {
	asked := json.patch(asking(["lead"], ["search"]), [{"op": "replace", "path": "/request/ttl_seconds", "value": 90}])
	result := decision with input as asked
	result.grant.ttl_seconds == 60
	[one.code | some one in result.reasons] == ["granted_to_agent", "ttl_capped"]
}

test_unmet_conditions_say_so if {
	asked := object.union(asking(["lead"], ["search"]), {
		"signals": {"denials_60m": 41},
		"resource": {"working_hours": {"days": ["sun"]}},
	})
	result := decision with input as asked
	[one.code | some one in result.reasons] == ["outside_working_hours", "over_limit"]
}

test_nothing_is_denied if {
	decision.effect == "deny" with input as {}
}

test_nothing_is_granted_without_a_configuration if {
	result := decision with input as asking(["lead"], ["search"]) with data.countersign.config as {}
	result.effect == "deny"
}

test_denied_by_default if {
	result := decision with input as asking(["lead"], ["search"])
		with data.countersign.rules.checks as false
	result.reasons[0].code == "denied_by_default"
}
