package countersign.decision_test

import data.countersign
import data.countersign.config
import data.countersign.fixture_test as fixture

# What a table says of a decision: its effect, the scopes and lifetime granted, what was removed, the codes said.
summary(decision) := {
	"effect": decision.effect,
	"scopes": object.get(decision, ["grant", "scopes"], []),
	"ttl": object.get(decision, ["grant", "ttl_seconds"], 0),
	"removed": [removal.scope | some removal in object.get(decision, "removed", [])],
	"codes": [reason.code | some reason in decision.reasons],
}

decided(asked) := decision if decision := countersign.decision with input as asked

test_decision[note] if {
	some note, [asked, effect, scopes, ttl, removed, codes] in {
		"allow": [
			fixture.asking("stripe", ["read_invoices"]),
			"allow", ["read_invoices"], 300, [], ["granted_to_agent"],
		],
		"allow in the order asked": [
			fixture.asking("stripe", ["read_customers", "read_invoices"]),
			"allow", ["read_customers", "read_invoices"], 300, [], ["granted_to_agent"],
		],
		"allow by a wildcard": [
			fixture.asking("customers-db", ["read:customers:42"]),
			"allow", ["read:customers:42"], 300, [], ["granted_to_agent"],
		],
		"allow a wildcard": [
			fixture.asking("customers-db", ["read:customers:*"]),
			"allow", ["read:customers:*"], 300, [], ["granted_to_agent"],
		],
		"allow by agent and role": [
			fixture.asking("research-api", ["search"]),
			"allow", ["search"], 300, [], ["granted_to_agent", "granted_to_role"],
		],
		"allow, shorter": [
			object.union(fixture.asking("stripe", ["read_customers"]), {"request": {"ttl_seconds": 3600}}),
			"allow", ["read_customers"], 900, [], ["granted_to_agent", "ttl_capped"],
		],
		"narrow": [
			fixture.asking("stripe", ["export_all", "read_invoices", "create_refund", "other"]),
			"narrow", ["read_invoices"], 300, ["export_all", "create_refund", "other"],
			["granted_to_agent", "needs_review", "scope_not_granted"],
		],
		"narrow, shorter": [
			object.union(
				fixture.asking("stripe", ["read_customers", "other"]),
				{"request": {"ttl_seconds": 3600}},
			),
			"narrow", ["read_customers"], 900, ["other"],
			["granted_to_agent", "scope_not_granted", "ttl_capped"],
		],
		"review": [
			fixture.asking("stripe", ["create_refund"]),
			"review", [], 0, [], ["needs_review"],
		],
		"review of what remains": [
			fixture.asking("stripe", ["create_refund", "export_all"]),
			"review", [], 0, [], ["needs_review", "scope_not_granted"],
		],
		"deny": [
			fixture.asking("stripe", ["export_all"]),
			"deny", [], 0, [], ["scope_not_granted"],
		],
		"deny for conditions, in order": [
			object.union(fixture.asking("stripe", ["read_invoices"]), {
				"delegation": {"chain": ["a"]},
				"signals": {"denials_60m": 31, "requests_10m": 601},
				"resource": {"requires": ["task", "session"]},
			}),
			"deny", [], 0, [],
			[
				"delegation_not_supported", "request_rate", "too_many_denials",
				"declared_member_required", "declared_member_required",
			],
		],
	}
	summary(decided(asked)) == {
		"effect": effect,
		"scopes": scopes,
		"ttl": ttl,
		"removed": removed,
		"codes": codes,
	}
}

test_one_condition_denies[note] if {
	some note, [changes, code] in {
		"no lifetime": [{"request": {"ttl_seconds": 0}}, "malformed_input"],
		"another resource": [{"resource": {"id": "crm"}}, "resource_mismatch"],
		"delegation": [{"delegation": {"chain": ["a"]}}, "delegation_not_supported"],
		"approval": [{"approval": {"by": "a"}}, "approval_not_supported"],
		"a signal that is no number": [{"signals": {"requests_2h": "1"}}, "signals_missing"],
		"requests": [{"signals": {"requests_10m": 601}}, "request_rate"],
		"denials": [{"signals": {"denials_60m": 31}}, "too_many_denials"],
		"new scopes": [{"signals": {"first_seen_scopes_60m": 41}}, "too_many_new_scopes"],
		"anomaly": [{"signals": {"anomaly": 0.95}}, "anomalous_behaviour"],
		"no session": [{"resource": {"requires": ["session"]}}, "declared_member_required"],
		"a closed resource": [
			{"resource": {"working_hours": {
				"timezone": "UTC",
				"days": ["mon"],
				"start": "10:00",
				"end": "17:00",
			}}},
			"outside_working_hours",
		],
	}
	asked := object.union(fixture.asking("stripe", ["read_invoices"]), changes)
	summary(decided(asked)) == {
		"effect": "deny",
		"scopes": [],
		"ttl": 0,
		"removed": [],
		"codes": [code],
	}
}

test_honey_looks_like_any_other_denial[note] if {
	some note, [honey, ordinary] in {
		"alone": [["export_all"], ["export_nil"]],
		"with a granted one": [["read_invoices", "export_all"], ["read_invoices", "export_nil"]],
		"with a reviewed one": [["create_refund", "export_all"], ["create_refund", "export_nil"]],
	}
	seen := json.marshal(public(decided(fixture.asking("stripe", honey))))
	seen_ordinary := json.marshal(public(decided(fixture.asking("stripe", ordinary))))
	replace(seen, "export_all", "export_nil") == seen_ordinary
}

test_honey_past_quarantine_looks_like_any_other_denial if {
	asked := object.union(fixture.asking("stripe", ["export_all"]), {"signals": {"anomaly": 0.99}})
	decision := decided(asked)
	public(decision) == public(decided(fixture.asking("stripe", ["export_nil"])))
	[owed.type | some owed in decision.obligations] == ["alarm", "quarantine"]
}

test_honey_past_other_limits_looks_like_any_other_denial if {
	denied := {"signals": {"denials_60m": 31}}
	plain := decided(object.union(fixture.asking("stripe", ["export_nil"]), denied))
	scored := object.union(denied, {"signals": {"anomaly": 0.99}})
	public(decided(object.union(fixture.asking("stripe", ["export_all"]), scored))) == public(plain)
	summary(plain).codes == ["too_many_denials"]
}

# Two honey scopes: the score is 0.9, and without them 0.
test_honey_shortens_no_lifetime if {
	term := {"name": "honey_60m", "value": 2, "expected": 0, "score": 3}
	entries := [{"name": "low"}, {"name": "high", "risk": "high"}]
	usual := fixture.catalogued(entries, ["low", "high"])
	provoked := object.union(usual, {"signals": {"anomaly": 0.9, "terms": [term]}})
	decided(provoked) == decided(usual)
}

test_the_score_is_said_where_something_would_be_granted[note] if {
	some note, scopes in {"granted": ["read_invoices", "export_all"], "reviewed": ["create_refund", "export_all"]}
	asked := object.union(fixture.asking("stripe", scopes), {"signals": {"anomaly": 0.99}})
	summary(decided(asked)).codes == ["anomalous_behaviour"]
}

test_a_scope_not_granted_looks_like_one_not_in_the_catalogue if {
	listed := fixture.asking("stripe", ["read_invoices"])
	ungranted := json.patch(listed, [{"op": "replace", "path": "/agent/grants", "value": []}])
	unlisted := json.patch(ungranted, [{"op": "replace", "path": "/resource/scopes", "value": []}])
	public(decided(ungranted)) == public(decided(unlisted))
}

public(decision) := json.remove(decision, ["obligations"])

test_members_of_each_effect[effect] if {
	some effect, [asked, members] in {
		"allow": [fixture.asking("stripe", ["read_invoices"]), {"grant"}],
		"narrow": [fixture.asking("stripe", ["read_invoices", "other"]), {"grant", "removed"}],
		"review": [fixture.asking("stripe", ["create_refund"]), {"review"}],
		"deny": [fixture.asking("stripe", ["other"]), set()],
	}
	decision := decided(asked)
	decision.effect == effect
	object.keys(decision) == members | {"effect", "reasons", "obligations"}
	count(decision.reasons) > 0
}

test_a_wildcard_takes_the_worst[note] if {
	some note, [entry, effect] in {
		"honey": [{"name": "a:2", "honey": true}, "deny"],
		"review": [{"name": "a:2", "review": true}, "review"],
		"critical": [{"name": "a:2", "risk": "critical"}, "review"],
		"unknown risk": [{"name": "a:2", "risk": "extreme"}, "deny"],
		"plain": [{"name": "a:2"}, "allow"],
	}
	asked := fixture.catalogued([{"name": "a:*"}, entry], ["a:*"])
	decided(asked).effect == effect
}

test_odd_behaviour if {
	entries := [{"name": "low"}, {"name": "high", "risk": "high"}]
	asked := object.union(
		fixture.catalogued(entries, ["low", "high"]),
		{"signals": {"anomaly": 0.8}},
	)
	summary(decided(asked)) == {
		"effect": "narrow",
		"scopes": ["low"],
		"ttl": 75,
		"removed": ["high"],
		"codes": ["granted_to_agent", "needs_review", "ttl_capped"],
	}
}

test_denied_without_input if {
	decision := countersign.decision with input as {}
	decision.effect == "deny"
	decision.reasons[0].code == "malformed_input"
}

test_denied_for_any_input[note] if {
	some note, asked in {"null": null, "a text": "a", "a list": [], "a number": 1, "false": false}
	decision := countersign.decision with input as asked
	decision.effect == "deny"
	count(decision.reasons) > 0
}

test_denied_without_a_part_of_the_input[part] if {
	whole := fixture.asking("stripe", ["read_invoices"])
	some part, _ in whole
	decided(json.remove(whole, [part])).effect == "deny"
}

test_denied_without_a_part_of_the_configuration[part] if {
	some part in ["risk", "limits", "anomaly"]
	decision := countersign.decision with input as fixture.asking("stripe", ["read_invoices"])
		with data.countersign.config as json.remove(config, [part])
	decision.effect == "deny"
	count(decision.reasons) > 0
}

test_denied_by_default if {
	asked := object.union(
		fixture.asking("stripe", ["read_invoices"]),
		{"resource": {"max_ttl_seconds": 0}},
	)
	summary(decided(asked)) == {
		"effect": "deny",
		"scopes": [],
		"ttl": 0,
		"removed": [],
		"codes": ["denied_by_default"],
	}
}

test_denied_by_default_without_review_configuration if {
	decision := countersign.decision with input as fixture.asking("stripe", ["create_refund"])
		with data.countersign.config as json.remove(config, ["review"])
	decision.effect == "deny"
	count(decision.reasons) > 0
}

test_obligations_are_owed_when_denied if {
	asked := object.union(
		fixture.asking("stripe", ["export_all", "made_up"]),
		{"signals": {"denials_60m": 31}},
	)
	decision := decided(asked)
	decision.effect == "deny"
	[obligation.properties.signal | some obligation in decision.obligations] == [
		"honey_scope",
		"scope_not_in_catalogue",
	]
}
