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
	said := rules.refusals with input as signalling({name: value})
	object.keys(said) == {"over_limit"}
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
