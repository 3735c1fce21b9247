# METADATA
# title: Limits on the agent's behaviour
# description: Counters and the anomaly score. A missing signal is a denial.
package countersign.limits

import data.countersign.config

# METADATA
# title: A valid counter
# description: A number from zero up.
# custom:
#   id: countersign.limits.counted
counted(value) if {
	is_number(value)
	value >= 0
}

# METADATA
# title: Every signal is present
# description: Every counter, the score and its terms are present, without unknown members.
# custom:
#   id: countersign.limits.complete
complete if {
	counted(input.signals.requests_10m)
	counted(input.signals.requests_2h)
	counted(input.signals.denials_60m)
	counted(input.signals.first_seen_scopes_60m)
	counted(input.signals.first_seen_resources_60m)
	is_boolean(input.signals.first_seen_now)
	counted(input.signals.anomaly)
	is_boolean(input.signals.learning)
	is_array(input.signals.terms)
	every term in input.signals.terms {
		readable(term)
	}
	count(input.signals) == 9
}

# METADATA
# title: A readable term of the score
# description: A name and three numbers, without other members.
# custom:
#   id: countersign.limits.readable
readable(term) if {
	is_string(term.name)
	is_number(term.value)
	is_number(term.expected)
	is_number(term.score)
	count(term) == 4
}

# METADATA
# title: Requests stay within the limit
# description: The agent asked at most `max_requests_10m` times in the last ten minutes.
# custom:
#   id: countersign.limits.requests_within
requests_within if {
	complete
	input.signals.requests_10m <= config.limits.max_requests_10m
}

# METADATA
# title: Denials stay within the limit
# description: The agent was denied at most `max_denials_60m` times in the last hour.
# custom:
#   id: countersign.limits.denials_within
denials_within if {
	complete
	input.signals.denials_60m <= config.limits.max_denials_60m
}

# METADATA
# title: New scopes stay within the limit
# description: The agent asked for at most `max_first_seen_scopes_60m` scopes that are new to it.
# custom:
#   id: countersign.limits.new_scopes_within
new_scopes_within if {
	complete
	input.signals.first_seen_scopes_60m <= config.limits.max_first_seen_scopes_60m
}

# METADATA
# title: The anomaly score
# description: Undefined, which denies, when it is not a number from zero up.
# custom:
#   id: countersign.limits.anomaly
anomaly := input.signals.anomaly if counted(input.signals.anomaly)

# METADATA
# title: The honey in the score
# description: The score of the term for honey scopes; zero without the term.
# custom:
#   id: countersign.limits.honey
honey := max(array.concat([0], [term.score |
	some term in input.signals.terms
	term.name == "honey_60m"
]))

# METADATA
# title: The score without honey
# description: The whole score, for an agent that requested no honey scope.
# custom:
#   id: countersign.limits.unprovoked
unprovoked := anomaly if honey <= 0

# METADATA
# title: The score without its honey
# description: >-
#   The score is s / (s + 1), where s is a sum of squares, one of them that of the honey term.
#   Undefined, which denies, for a score from one up.
# custom:
#   id: countersign.limits.unprovoked_less_honey
unprovoked := rest / (rest + 1) if {
	honey > 0
	anomaly < 1
	rest := max([0, (anomaly / (1 - anomaly)) - (honey * honey)])
}

# METADATA
# title: The thresholds of the agent's class
# description: The configuration of the class, else of every agent. Undefined, which denies, without a number.
# custom:
#   id: countersign.limits.threshold
threshold(name) := value if {
	value := object.get(config.anomaly.classes, [input.agent.class, name], config.anomaly[name])
	is_number(value)
}

# METADATA
# title: The agent behaves as usual
# description: >-
#   The anomaly score is below `quarantine`, and below `step_up` without its honey: a shorter
#   lifetime would distinguish a honey scope from any other refused scope.
# custom:
#   id: countersign.limits.usual
usual if {
	unprovoked < threshold("step_up")
	anomaly < threshold("quarantine")
}

# METADATA
# title: The agent behaves oddly
# description: The anomaly score is below `quarantine`, and without its honey at or above `step_up`.
# custom:
#   id: countersign.limits.stepped_up
stepped_up if {
	unprovoked >= threshold("step_up")
	anomaly < threshold("quarantine")
}

# METADATA
# title: Usual behaviour is tolerable
# description: An agent that behaves as usual may be granted scopes.
# custom:
#   id: countersign.limits.tolerable_usual
tolerable if usual

# METADATA
# title: Odd behaviour is tolerable
# description: An agent that behaves oddly may be granted scopes, for less time and with more review.
# custom:
#   id: countersign.limits.tolerable_odd
tolerable if stepped_up

# METADATA
# title: The agent is within every limit
# description: Holds when every signal is present and none is over its limit.
# custom:
#   id: countersign.limits.satisfied
satisfied if {
	requests_within
	denials_within
	new_scopes_within
	tolerable
}

# METADATA
# title: The whole lifetime while the agent behaves as usual
# description: The lifetime is divided by one.
# custom:
#   id: countersign.limits.no_step_up
ttl_divisor := 1 if usual

# METADATA
# title: A short lifetime while the agent behaves oddly
# description: The lifetime is divided by `step_up_ttl_divisor`. Undefined, which denies, for less than one.
# custom:
#   id: countersign.limits.step_up
ttl_divisor := config.anomaly.step_up_ttl_divisor if {
	stepped_up
	is_number(config.anomaly.step_up_ttl_divisor)
	config.anomaly.step_up_ttl_divisor >= 1
}

# METADATA
# title: Refuse without signals
# description: Returned when a signal is missing or malformed.
# custom:
#   id: countersign.limits.signals_missing
refusals["signals_missing"] := {
	"rule": "countersign.limits.signals_missing",
	"code": "signals_missing",
	"message": "What the policy must know about the agent is not known.",
} if {
	not complete
}

# METADATA
# title: Refuse too many requests
# description: Returned when the agent asked too often in the last ten minutes.
# custom:
#   id: countersign.limits.request_rate
refusals["request_rate"] := {
	"rule": "countersign.limits.request_rate",
	"code": "request_rate",
	"message": "The agent has asked too often in the last ten minutes.",
} if {
	complete
	not requests_within
}

# METADATA
# title: Refuse after too many denials
# description: Returned when the agent was denied too often in the last hour.
# custom:
#   id: countersign.limits.denials
refusals["too_many_denials"] := {
	"rule": "countersign.limits.denials",
	"code": "too_many_denials",
	"message": "The agent has been denied too often in the last hour.",
} if {
	complete
	not denials_within
}

# METADATA
# title: Refuse too many new scopes
# description: Returned when the agent asked for too many scopes that are new to it in the last hour.
# custom:
#   id: countersign.limits.new_scopes
refusals["too_many_new_scopes"] := {
	"rule": "countersign.limits.new_scopes",
	"code": "too_many_new_scopes",
	"message": "The agent has asked for too many new scopes in the last hour.",
} if {
	complete
	not new_scopes_within
}

# METADATA
# title: Refuse anomalous behaviour
# description: Returned when the anomaly score is at or above `quarantine`, or the thresholds cannot be read.
# custom:
#   id: countersign.limits.anomalous
refusals["anomalous_behaviour"] := {
	"rule": "countersign.limits.anomalous",
	"code": "anomalous_behaviour",
	"message": "The agent behaves unlike itself.",
} if {
	complete
	not tolerable
}

# METADATA
# title: Quarantine an anomalous agent
# description: Returned when the score is at or above `quarantine` and `quarantine_agent` is on.
# custom:
#   id: countersign.limits.quarantine
obligations := [obligation |
	config.anomaly.quarantine_agent == true
	anomaly >= threshold("quarantine")
	obligation := {
		"id": "countersign.limits.quarantine",
		"type": "quarantine",
		"properties": {"reason": "anomaly"},
	}
]
