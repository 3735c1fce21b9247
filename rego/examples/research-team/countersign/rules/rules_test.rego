package countersign.rules_test

import data.countersign.request_test
import data.countersign.rules

signalling(changes) := object.union(request_test.whole, {
	"agent": {"roles": ["writer"]},
	"signals": changes,
})

test_satisfied_at_the_limits if {
	asked := signalling({"requests_10m": 40, "denials_60m": 40, "anomaly": 0.9})
	rules.satisfied with input as asked
	count(rules.refusals) == 0 with input as asked
}

test_refusals[note] if {
	some note, [changes, codes] in {
		"too fast": [{"requests_10m": 41}, {"too_fast"}],
		"denied too often": [{"denials_60m": 41}, {"over_limit"}],
		"odd": [{"anomaly": 0.91}, {"over_limit"}],
		"both": [{"requests_10m": 41, "anomaly": 0.91}, {"over_limit", "too_fast"}],
	}
	said := rules.refusals with input as signalling(changes) with data.countersign.grantable as true
	object.keys(said) == codes
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

test_constants if {
	rules.obligations == [] with input as request_test.whole
	rules.approvers == ["research-desk"]
	rules.review_expires_in_seconds == 3600
	rules.unattended == {0, 1} with input as request_test.whole
}
