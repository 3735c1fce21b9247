# METADATA
# title: The rules of the database agent
# description: >-
#   Agents read tables of their tenants up to a cap of rows, and write only what a planned change
#   covers, during that change. Rules can only remove scopes, not add any.
package countersign.rules

import data.countersign
import data.countersign.catalogue
import data.countersign.caution
import data.countersign.changes
import data.countersign.config
import data.countersign.score
import data.countersign.tables

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
	caution.anomaly <= config.limits.max_anomaly
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
	{"positions": tables.visible, "refusal": tables.not_this_table},
	{"positions": tables.own, "refusal": tables.not_this_tenant},
	{"positions": tables.few, "refusal": tables.too_many_rows},
	{"positions": changes.planned, "refusal": changes.refusal},
	{"positions": caution.acceptable, "refusal": caution.refusal},
]

# METADATA
# title: Scopes that no rule sends to review
# description: Everything that the catalogue marks for no review.
# custom:
#   id: countersign.rules.unattended
unattended := catalogue.unattended

# METADATA
# title: Approvers
# description: The team that runs the database.
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
# description: In seconds, from the change and from caution.
# custom:
#   id: countersign.rules.ttl_caps
ttl_caps := array.concat(changes.ttl_caps, caution.ttl_caps)

# METADATA
# title: Obligations of the service
# description: Quarantine from `quarantine_anomaly` of the whole score. The frame raises the alarm for honey.
# custom:
#   id: countersign.rules.obligations
obligations := score.quarantine(config.limits.quarantine_anomaly)
