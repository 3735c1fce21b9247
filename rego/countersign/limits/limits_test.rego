package countersign.limits_test

import data.countersign.config
import data.countersign.fixture_test as fixture
import data.countersign.limits

test_satisfied[note] if {
	some note, changes in {
		"quiet": {},
		"requests at the limit": {"requests_10m": 600},
		"denials at the limit": {"denials_60m": 30},
		"new scopes at the limit": {"first_seen_scopes_60m": 40},
		"first seen": {"first_seen_now": true},
		"usual": {"anomaly": 0.79},
		"odd": {"anomaly": 0.8},
		"very odd": {"anomaly": 0.949},
		"no anomaly": {"anomaly": 0},
	}
	limits.satisfied with input as fixture.with_signals(changes)
	count(limits.refusals) == 0 with input as fixture.with_signals(changes)
}

test_refused[note] if {
	some note, [changes, codes] in {
		"requests": [{"requests_10m": 601}, {"request_rate"}],
		"denials": [{"denials_60m": 31}, {"too_many_denials"}],
		"new scopes": [{"first_seen_scopes_60m": 41}, {"too_many_new_scopes"}],
		"anomaly": [{"anomaly": 0.95}, {"anomalous_behaviour"}],
		"anomaly of one": [{"anomaly": 1}, {"anomalous_behaviour"}],
		"anomaly beyond one": [{"anomaly": 1.01}, {"anomalous_behaviour"}],
		"negative anomaly": [{"anomaly": -0.1}, {"anomalous_behaviour"}],
		"anomaly as a text": [{"anomaly": "0.1"}, {"anomalous_behaviour"}],
		"anomaly null": [{"anomaly": null}, {"anomalous_behaviour"}],
		"two at once": [
			{"requests_10m": 601, "denials_60m": 31},
			{"request_rate", "too_many_denials"},
		],
		"a counter as a text": [{"denials_60m": "0"}, {"signals_missing"}],
		"a counter null": [{"denials_60m": null}, {"signals_missing"}],
		"a negative counter": [{"requests_10m": -1}, {"signals_missing"}],
		"first_seen_now as a number": [{"first_seen_now": 0}, {"signals_missing"}],
		"an unknown signal": [{"denials_1m": 0}, {"signals_missing"}],
	}
	not limits.satisfied with input as fixture.with_signals(changes)
	object.keys(limits.refusals) == codes with input as fixture.with_signals(changes)
}

test_missing_signal_refused[name] if {
	some name, _ in fixture.signals
	asked := json.remove(fixture.with_signals({}), [concat("/", ["signals", name])])
	not limits.satisfied with input as asked
	object.keys(limits.refusals) == {"signals_missing"} with input as asked
}

test_no_signals_refused if {
	not limits.satisfied with input as {}
	"signals_missing" in object.keys(limits.refusals) with input as {}
}

test_no_configuration_refused[name] if {
	some name in ["limits", "anomaly"]
	changed := json.remove(config, [name])
	asked := fixture.with_signals({})
	not limits.satisfied with input as asked with data.countersign.config as changed
	count(limits.refusals) > 0 with input as asked with data.countersign.config as changed
}

test_ttl_caps[note] if {
	some note, [changes, caps] in {
		"absent": [{}, []],
		"usual": [{"anomaly": 0.79}, []],
		"odd": [{"anomaly": 0.8}, [{"rule": "countersign.limits.step_up", "seconds": 60}]],
	}
	limits.ttl_caps == caps with input as fixture.with_signals(changes)
}

test_ttl_caps_undefined if {
	asked := fixture.with_signals({"anomaly": 0.95})
	not limits.ttl_caps with input as asked
}

test_no_quarantine_by_default if {
	count(limits.obligations) == 0 with input as fixture.with_signals({"anomaly": 0.99})
}

test_no_quarantine_otherwise[note] if {
	changed := object.union(config, {"anomaly": {"quarantine_agent": true}})
	some note, anomaly in {"below": 0.9, "a text": "0.99", "null": null, "a list": []}
	asked := fixture.with_signals({"anomaly": anomaly})
	count(limits.obligations) == 0 with input as asked with data.countersign.config as changed
}

test_quarantine if {
	changed := object.union(config, {"anomaly": {"quarantine_agent": true}})
	asked := fixture.with_signals({"anomaly": 0.95})
	owed := limits.obligations with input as asked with data.countersign.config as changed
	owed == [{
		"id": "countersign.limits.quarantine",
		"type": "quarantine",
		"properties": {"reason": "anomaly"},
	}]
}
