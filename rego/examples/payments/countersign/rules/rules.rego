# METADATA
# title: The rules of the payments agent
# description: >-
#   Agents look up payments and refund them, by task, within amounts, on business days; a second
#   person sees larger refunds. Rules can only remove scopes, not add any.
package countersign.rules

import data.countersign
import data.countersign.calendar
import data.countersign.catalogue
import data.countersign.config
import data.countersign.refunds
import data.countersign.score
import data.countersign.tasks

# METADATA
# title: The counters are within their limits
# description: Requests and denials are within the limits.
# custom:
#   id: countersign.rules.counted
counted if {
	input.signals.requests_10m <= config.limits.max_requests_10m
	input.signals.denials_60m <= config.limits.max_denials_60m
}

# METADATA
# title: The agent is within its limits
# description: So is the anomaly score, without its honey.
# custom:
#   id: countersign.rules.satisfied
satisfied if {
	counted
	score.unprovoked <= config.limits.max_anomaly
}

# METADATA
# title: Over a limit
# description: The reason does not name the limit.
# custom:
#   id: countersign.rules.over_limit
over_limit := {
	"rule": "countersign.rules.over_limit",
	"code": "over_limit",
	"message": "The agent asks too often, is denied too often, or behaves unlike itself.",
}

# METADATA
# title: Refuse an agent over the limit of a counter
# description: Returned for every request.
# custom:
#   id: countersign.rules.over_counter
refusals["over_limit"] := over_limit if not counted

# METADATA
# title: Refuse an agent over the limit of the score
# description: Returned where a scope would be granted; otherwise the denial is the usual one.
# custom:
#   id: countersign.rules.over_score
refusals["over_limit"] := over_limit if {
	countersign.grantable
	not satisfied
}

# METADATA
# title: Checks of each scope
# description: In the order in which a failed check is reported to the agent.
# custom:
#   id: countersign.rules.checks
checks := [
	{"positions": tasks.needed, "refusal": tasks.refusal},
	{"positions": calendar.passing, "refusal": calendar.refusal},
	{"positions": refunds.within, "refusal": refunds.over_amount},
	{"positions": refunds.affordable, "refusal": refunds.over_budget},
	{"positions": refunds.seen, "refusal": refunds.four_eyes},
]

# METADATA
# title: Scopes that no rule sends to review
# description: Everything but larger refunds.
# custom:
#   id: countersign.rules.unattended
unattended := refunds.unattended

# METADATA
# title: Approvers
# description: Everyone on the list except the user that the agent acts for.
# custom:
#   id: countersign.rules.approvers
approvers := refunds.approvers

# METADATA
# title: Lifetime of a review request
# description: In seconds.
# custom:
#   id: countersign.rules.review_expires_in_seconds
review_expires_in_seconds := config.review.expires_in_seconds

# METADATA
# title: The task's lifetime
# description: In seconds; without a task there is none, and nothing is granted.
# custom:
#   id: countersign.rules.ttl_caps
ttl_caps := [tasks.task.max_ttl_seconds]

# METADATA
# title: Quarantine for honey
# description: Returned when honey was requested by name and `honey.quarantine` is on.
# custom:
#   id: countersign.rules.quarantine
obligations := [obligation |
	config.honey.quarantine == true
	count(catalogue.honey) > 0
	obligation := {
		"id": "countersign.rules.quarantine",
		"type": "quarantine",
		"properties": {"reason": "honey_scope"},
	}
]
