# METADATA
# title: The rules of the research team
# description: >-
#   A worker has what its role and its lead's role have, fetches pages from a list, and gets less
#   when it asks fast. Rules only take away: none of them can add a scope.
package countersign.rules

import data.countersign.catalogue
import data.countersign.config
import data.countersign.fetch
import data.countersign.pace
import data.countersign.team

# METADATA
# title: The agent behaves
# description: Denials and the anomaly score are within the limits.
# custom:
#   id: countersign.rules.behaves
behaves if {
	input.signals.denials_60m <= config.limits.max_denials_60m
	input.signals.anomaly <= config.limits.max_anomaly
}

# METADATA
# title: The request can be decided by its scopes
# description: The agent behaves, asks its own team's resource, and not too fast.
# custom:
#   id: countersign.rules.satisfied
satisfied if {
	behaves
	team.satisfied
	pace.satisfied
}

# METADATA
# title: Refuse an agent that misbehaves
# description: Said when a limit is passed, without saying which.
# custom:
#   id: countersign.rules.over_limit
own_refusals["over_limit"] := {
	"rule": "countersign.rules.over_limit",
	"code": "over_limit",
	"message": "The agent is denied too often, or behaves unlike itself.",
} if {
	not behaves
}

# METADATA
# title: Why the request as a whole is refused
# description: By code.
# custom:
#   id: countersign.rules.refusals
refusals := object.union_n([own_refusals, team.refusals, pace.refusals])

# METADATA
# title: What each scope must pass
# description: In this order, which is the order in which the agent is told.
# custom:
#   id: countersign.rules.checks
checks := [
	{"positions": team.assigned, "refusal": team.refusal},
	{"positions": fetch.reachable, "refusal": fetch.refusal},
	{"positions": pace.affordable, "refusal": pace.refusal},
]

# METADATA
# title: What nobody need approve
# description: Everything that the catalogue marks for no review.
# custom:
#   id: countersign.rules.unattended
unattended := catalogue.unattended

# METADATA
# title: Who approves
# description: The people who look after the team.
# custom:
#   id: countersign.rules.approvers
approvers := config.review.approvers

# METADATA
# title: How long a review stays open
# description: In seconds.
# custom:
#   id: countersign.rules.review_expires_in_seconds
review_expires_in_seconds := config.review.expires_in_seconds

# METADATA
# title: Caps on the lifetime
# description: In seconds, those of the pace.
# custom:
#   id: countersign.rules.ttl_caps
ttl_caps := pace.ttl_caps

# METADATA
# title: What the service must do
# description: Nothing beside the alarm that the frame raises for honey.
# custom:
#   id: countersign.rules.obligations
obligations := []
