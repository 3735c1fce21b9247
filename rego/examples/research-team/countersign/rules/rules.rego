# METADATA
# title: The rules of the research team
# description: >-
#   A worker has the scopes that its role and its lead's role share, fetches pages from a list, and gets
#   fewer scopes at a high request rate. Rules can only remove scopes, not add any.
package countersign.rules

import data.countersign
import data.countersign.catalogue
import data.countersign.config
import data.countersign.fetch
import data.countersign.pace
import data.countersign.score
import data.countersign.team

# METADATA
# title: The counters are within their limits
# description: Denials are within the limits.
# custom:
#   id: countersign.rules.counted
counted if {
	input.signals.denials_60m <= config.limits.max_denials_60m
}

# METADATA
# title: The agent is within its limits
# description: So is the anomaly score, without its honey.
# custom:
#   id: countersign.rules.behaves
behaves if {
	counted
	score.unprovoked <= config.limits.max_anomaly
}

# METADATA
# title: The request can be decided by its scopes
# description: The agent is within its limits and its rate, and the resource is its team's.
# custom:
#   id: countersign.rules.satisfied
satisfied if {
	behaves
	team.satisfied
	pace.satisfied
}

# METADATA
# title: Over a limit
# description: The reason does not name the limit.
# custom:
#   id: countersign.rules.over_limit
over_limit := {
	"rule": "countersign.rules.over_limit",
	"code": "over_limit",
	"message": "The agent is denied too often, or behaves unlike itself.",
}

# METADATA
# title: Refuse an agent over the limit of a counter
# description: Returned for every request.
# custom:
#   id: countersign.rules.over_counter
own_refusals["over_limit"] := over_limit if not counted

# METADATA
# title: Refuse an agent over the limit of the score
# description: Returned where a scope would be granted; otherwise the denial is the usual one.
# custom:
#   id: countersign.rules.over_score
own_refusals["over_limit"] := over_limit if {
	countersign.grantable
	not behaves
}

# METADATA
# title: Reasons for refusing the whole request
# description: By code.
# custom:
#   id: countersign.rules.refusals
refusals := object.union_n([own_refusals, team.refusals, pace.refusals])

# METADATA
# title: Checks of each scope
# description: In the order in which a failed check is reported to the agent.
# custom:
#   id: countersign.rules.checks
checks := [
	{"positions": team.assigned, "refusal": team.refusal},
	{"positions": fetch.reachable, "refusal": fetch.refusal},
	{"positions": pace.affordable, "refusal": pace.refusal},
]

# METADATA
# title: Scopes that no rule sends to review
# description: Everything that the catalogue marks for no review.
# custom:
#   id: countersign.rules.unattended
unattended := catalogue.unattended

# METADATA
# title: Approvers
# description: The approvers in the configuration.
# custom:
#   id: countersign.rules.approvers
approvers := config.review.approvers

# METADATA
# title: Lifetime of a review request
# description: In seconds.
# custom:
#   id: countersign.rules.review_expires_in_seconds
review_expires_in_seconds := config.review.expires_in_seconds

# METADATA
# title: Caps on the lifetime
# description: In seconds, from the request rate.
# custom:
#   id: countersign.rules.ttl_caps
ttl_caps := pace.ttl_caps

# METADATA
# title: Obligations of the service
# description: Quarantine from `quarantine_anomaly` of the whole score. The frame raises the alarm for honey.
# custom:
#   id: countersign.rules.obligations
obligations := score.quarantine(config.limits.quarantine_anomaly)
