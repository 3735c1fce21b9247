package countersign.score_test

import data.countersign.score

honey(count) := {"name": "honey_60m", "value": count, "expected": 0, "score": 1.5 * count}

scored(anomaly, terms) := {"signals": {"anomaly": anomaly, "terms": terms}}

test_unprovoked[note] if {
	some note, [anomaly, terms, expected] in {
		"no term": [0.5, [], 0.5],
		"other terms": [0.5, [{"name": "denials_60m", "score": 1}], 0.5],
		"one honey scope alone": [2.25 / 3.25, [honey(1)], 0],
		"two, and other evidence": [18 / 19, [honey(2)], 0.9],
		"more honey than score": [0.5, [honey(2)], 0],
	}
	score.unprovoked == expected with input as scored(anomaly, terms)
}

test_undefined[note] if {
	some note, asked in {
		"one": scored(1, [honey(1)]),
		"a text": scored("0", []),
		"no score": {"signals": {"terms": []}},
	}
	not score.unprovoked with input as asked
}

test_quarantine_by_the_whole_score if {
	[one.type | some one in score.quarantine(0.95)] == ["quarantine"] with input as scored(0.95, [honey(3)])
	score.quarantine(0.95) == [] with input as scored(0.94, [honey(2)])
}
