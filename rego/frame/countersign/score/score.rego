# METADATA
# title: The anomaly score
# description: >-
#   The score without its honey, which a policy may answer by, and the whole score, which only quarantines.
#   An answer by the whole score would distinguish a honey scope from any other refused scope.
package countersign.score

# METADATA
# title: The honey in the score
# description: The score of the term for honey scopes; zero without the term.
# custom:
#   id: countersign.score.honey
honey := max(array.concat([0], [term.score |
	some term in input.signals.terms
	term.name == "honey_60m"
]))

# METADATA
# title: To nine decimals
# description: The subtraction rounds, so a score at a limit must not change sides.
# custom:
#   id: countersign.score.rounded
rounded(number) := round(number * 1e9) / 1e9

# METADATA
# title: The score without honey
# description: The whole score, for an agent that requested no honey scope.
# custom:
#   id: countersign.score.unprovoked
unprovoked := rounded(input.signals.anomaly) if honey <= 0

# METADATA
# title: The score without its honey
# description: >-
#   The score is s / (s + 1), where s is a sum of squares, one of them that of the honey term.
#   Undefined, which denies, for a score from one up.
# custom:
#   id: countersign.score.unprovoked_less_honey
unprovoked := rounded(rest / (rest + 1)) if {
	honey > 0
	input.signals.anomaly < 1
	rest := max([0, (input.signals.anomaly / (1 - input.signals.anomaly)) - (honey * honey)])
}

# METADATA
# title: Quarantine for the whole score
# description: >-
#   Returned when the whole score, honey included, is at or above this value. To requests without a grant the service
#   answers in quarantine as before.
# custom:
#   id: countersign.score.quarantine
quarantine(least) := [obligation |
	input.signals.anomaly >= least
	obligation := {
		"id": "countersign.score.quarantine",
		"type": "quarantine",
		"properties": {"reason": "anomaly"},
	}
]
