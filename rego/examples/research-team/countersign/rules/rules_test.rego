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
	said := rules.refusals with input as signalling(changes)
	object.keys(said) == codes
}

test_constants if {
	rules.obligations == []
	rules.approvers == ["research-desk"]
	rules.review_expires_in_seconds == 3600
	rules.unattended == {0, 1} with input as request_test.whole
}
