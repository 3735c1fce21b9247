package countersign.limits_test

import data.countersign.config
import data.countersign.fixture_test as fixture
import data.countersign.limits

term := {"name": "denials_60m", "value": 14, "expected": 0.3, "score": 9.5}

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
		"learning": {"learning": true},
		"with its terms": {"anomaly": 0.5, "terms": [term]},
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
		"negative anomaly": [{"anomaly": -0.1}, {"signals_missing"}],
		"anomaly as a text": [{"anomaly": "0.1"}, {"signals_missing"}],
		"anomaly null": [{"anomaly": null}, {"signals_missing"}],
		"learning as a number": [{"learning": 0}, {"signals_missing"}],
		"terms as an object": [{"terms": {}}, {"signals_missing"}],
		"a term that is a text": [{"terms": ["denials_60m"]}, {"signals_missing"}],
		"a term without a name": [{"terms": [object.remove(term, ["name"])]}, {"signals_missing"}],
		"a value as a text": [{"terms": [object.union(term, {"value": "14"})]}, {"signals_missing"}],
		"an expected null": [{"terms": [object.union(term, {"expected": null})]}, {"signals_missing"}],
		"a score as a text": [{"terms": [object.union(term, {"score": "9"})]}, {"signals_missing"}],
		"a term with more": [{"terms": [object.union(term, {"x": 1})]}, {"signals_missing"}],
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

test_ttl_divisor[note] if {
	some note, [changes, divisor] in {
		"usual": [{"anomaly": 0.79}, 1],
		"odd": [{"anomaly": 0.8}, 4],
	}
	limits.ttl_divisor == divisor with input as fixture.with_signals(changes)
}

honey(score) := {"name": "honey_60m", "value": 1, "expected": 0, "score": score}

test_honey_steps_nobody_up[note] if {
	some note, [changes, outcome] in {
		"one": [{"anomaly": 0.6923, "terms": [honey(1.5)]}, "usual"],
		"two": [{"anomaly": 0.9, "terms": [honey(3)]}, "usual"],
		"two, and nearly odd": [{"anomaly": 0.928, "terms": [term, honey(3)]}, "usual"],
		"two, and odd": [{"anomaly": 0.929, "terms": [honey(3), term]}, "odd"],
		"two, rounded up": [{"anomaly": 0.9, "terms": [honey(3.00001)]}, "usual"],
		"three": [{"anomaly": 0.953, "terms": [honey(4.5)]}, "beyond"],
		"as odd without": [{"anomaly": 0.9, "terms": [term]}, "odd"],
		"a term of none": [{"anomaly": 0.9, "terms": [honey(0)]}, "odd"],
		"a score below none": [{"anomaly": 0.9, "terms": [honey(-3)]}, "odd"],
		"a score of one": [{"anomaly": 1, "terms": [honey(3)]}, "beyond"],
	}
	outcome_of(fixture.with_signals(changes), config) == outcome
}

test_ttl_divisor_undefined if {
	asked := fixture.with_signals({"anomaly": 0.95})
	not limits.ttl_divisor with input as asked
}

test_ttl_divisor_undefined_when_misconfigured[note] if {
	some note, divisor in {"zero": 0, "a fraction below one": 0.5, "negative": -4, "a text": "4", "null": null}
	changed := object.union(config, {"anomaly": {"step_up_ttl_divisor": divisor}})
	asked := fixture.with_signals({"anomaly": 0.8})
	not limits.ttl_divisor with input as asked with data.countersign.config as changed
}

classes := {
	"batch": {"step_up": 0.9, "quarantine": 0.99},
	"strict": {"step_up": 0.4, "quarantine": 0.5},
	"partly": {"quarantine": 0.97},
	"empty": {},
	"broken": {"step_up": "0.9", "quarantine": null},
}

test_thresholds_of_a_class[note] if {
	some note, [class, score, outcome] in {
		"no such class": ["other", 0.8, "odd"],
		"a class that says nothing": ["empty", 0.8, "odd"],
		"a class that tolerates more": ["batch", 0.89, "usual"],
		"a class that tolerates more, odd": ["batch", 0.9, "odd"],
		"a class that tolerates more, beyond": ["batch", 0.99, "beyond"],
		"a class that tolerates less": ["strict", 0.4, "odd"],
		"a class that tolerates less, beyond": ["strict", 0.5, "beyond"],
		"a class that names one, odd": ["partly", 0.96, "odd"],
		"a class that names one, beyond": ["partly", 0.97, "beyond"],
	}
	changed := object.union(config, {"anomaly": {"classes": classes}})
	asked := object.union(fixture.with_signals({"anomaly": score}), {"agent": {"class": class}})
	outcome_of(asked, changed) == outcome
}

outcome_of(asked, changed) := "usual" if {
	limits.usual with input as asked with data.countersign.config as changed
} else := "odd" if {
	limits.stepped_up with input as asked with data.countersign.config as changed
} else := "beyond" if {
	said := limits.refusals with input as asked with data.countersign.config as changed
	object.keys(said) == {"anomalous_behaviour"}
	owed := limits.obligations with input as asked with data.countersign.config as changed
	[one.type | some one in owed] == ["quarantine"]
}

test_no_threshold_denies[note] if {
	some note, [class, changed] in {
		"a broken class": ["broken", object.union(config, {"anomaly": {"classes": classes}})],
		"no classes": ["default", json.remove(config, ["anomaly/classes"])],
		"no step_up": ["default", json.remove(config, ["anomaly/step_up"])],
		"no quarantine": ["default", json.remove(config, ["anomaly/quarantine"])],
		"a quarantine as a text": ["default", object.union(config, {"anomaly": {"quarantine": "1"}})],
	}
	asked := object.union(fixture.with_signals({}), {"agent": {"class": class}})
	not limits.satisfied with input as asked with data.countersign.config as changed
	said := limits.refusals with input as asked with data.countersign.config as changed
	object.keys(said) == {"anomalous_behaviour"}
}

test_no_class_denies if {
	asked := json.remove(fixture.with_signals({}), ["agent/class"])
	not limits.satisfied with input as asked
}

test_no_quarantine_when_off if {
	changed := object.union(config, {"anomaly": {"quarantine_agent": false}})
	asked := fixture.with_signals({"anomaly": 0.99})
	count(limits.obligations) == 0 with input as asked with data.countersign.config as changed
}

test_no_quarantine_otherwise[note] if {
	some note, anomaly in {"below": 0.9, "a text": "0.99", "null": null, "a list": []}
	count(limits.obligations) == 0 with input as fixture.with_signals({"anomaly": anomaly})
}

test_quarantine if {
	limits.obligations == [{
		"id": "countersign.limits.quarantine",
		"type": "quarantine",
		"properties": {"reason": "anomaly"},
	}] with input as fixture.with_signals({"anomaly": 0.95})
}
