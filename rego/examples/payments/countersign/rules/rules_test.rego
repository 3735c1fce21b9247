package countersign.rules_test

import data.countersign.request_test
import data.countersign.rules

signalling(changes) := object.union(request_test.whole, {"signals": changes})

test_satisfied_at_the_limits if {
	asked := signalling({"requests_10m": 60, "denials_60m": 10, "anomaly": 0.9})
	rules.satisfied with input as asked
	count(rules.refusals) == 0 with input as asked
}

test_over_limit_without_a_score if {
	not rules.satisfied with input as json.remove(request_test.whole, ["signals/anomaly"])
}

test_over_limit[name] if {
	some name, value in {"requests_10m": 61, "denials_60m": 11, "anomaly": 0.91}
	said := rules.refusals with input as signalling({name: value}) with data.countersign.grantable as true
	object.keys(said) == {"over_limit"}
}

test_the_score_is_no_reason_where_no_scope_would_be_granted if {
	odd := signalling({"anomaly": 0.99})
	not rules.satisfied with input as odd
	count(rules.refusals) == 0 with input as odd with data.countersign.grantable as false
}

test_the_limit_is_of_the_score_without_honey if {
	honey := [{"name": "honey_60m", "value": 3, "expected": 0, "score": 5}]
	rules.satisfied with input as signalling({"anomaly": 0.97, "terms": honey})
	not rules.satisfied with input as signalling({"anomaly": 0.97, "terms": []})
}

test_quarantine_is_owed_for_honey if {
	asked := object.union(request_test.whole, {"resource": {"scopes": [{
		"name": "a",
		"risk": "low",
		"description": "",
		"honey": true,
	}]}})
	[one.type | some one in rules.obligations] == ["quarantine"] with input as asked
	rules.obligations == [] with input as asked
		with data.countersign.config.honey.quarantine as false
}
