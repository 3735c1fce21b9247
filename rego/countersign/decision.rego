# METADATA
# title: Countersign's default policy
# description: >-
#   Decides which of the requested scopes an agent gets. Every grant follows from rules that
#   hold; an undefined, unknown or failed value leaves the default, which is to deny.
# scope: subpackages
# schemas:
#   - input: schema.input
#   - data.countersign.config: schema.config
package countersign

import data.countersign.assessment
import data.countersign.catalogue
import data.countersign.delegation
import data.countersign.grants
import data.countersign.honey
import data.countersign.hours
import data.countersign.limits
import data.countersign.request
import data.countersign.requirements
import data.countersign.review
import data.countersign.ttl

# METADATA
# title: The request may be decided by its scopes
# description: Every condition on the request as a whole holds.
# custom:
#   id: countersign.admitted
admitted if {
	request.satisfied
	delegation.satisfied
	limits.satisfied
	requirements.satisfied
	hours.satisfied
}

# METADATA
# title: Removed scopes
# description: Each requested scope that is not granted, in the requested order, with the rule that removed it.
# custom:
#   id: countersign.removed
removed := [removal |
	some position, scope in input.request.scopes
	some [positions, refusal] in [[assessment.pending, review.refusal], [assessment.refused, grants.refusal]]
	position in positions
	removal := {"scope": scope, "rule": refusal.rule, "reason": refusal.message}
]

# METADATA
# title: Reasons for granted scopes
# description: The kinds of grants that cover the scopes granted or pending review.
# custom:
#   id: countersign.grant_reasons
grant_reasons := [reason |
	some [held, reason] in [
		[grants.held_by_agent, grants.agent_reason],
		[grants.held_by_role, grants.role_reason],
	]
	count({position | some position in assessment.granted} & held) > 0
]

# METADATA
# title: Reasons for removed scopes
# description: The rules that removed the scopes that are not granted.
# custom:
#   id: countersign.cut_reasons
cut_reasons := [reason |
	some [positions, reason] in [[assessment.pending, review.refusal], [assessment.refused, grants.refusal]]
	count(positions) > 0
]

# METADATA
# title: Reasons for refusing the whole request
# description: The refusals of every unmet condition, in a fixed order.
# custom:
#   id: countersign.refusals
refusals := [refusal |
	some said in [
		request.refusals,
		delegation.refusals,
		limits.refusals,
		requirements.refusals,
		hours.refusals,
	]
	some code in sort(object.keys(said))
	refusal := said[code]
]

# METADATA
# title: Obligations of the service
# description: Returned with every effect.
# custom:
#   id: countersign.obligations
obligations := [obligation |
	some owed in [honey.obligations, catalogue.obligations, limits.obligations]
	some obligation in owed
]

# METADATA
# title: The score is not named as a reason
# description: >-
#   No requested scope would be granted: naming the score would distinguish a honey scope from
#   any other refused scope.
# custom:
#   id: countersign.unsaid
unsaid contains "countersign.limits.anomalous" if {
	count(assessment.granted) == 0
	count(assessment.pending) == 0
	count(assessment.refused) > 0
}

# METADATA
# title: Unmet conditions that are named
# description: The refusals of the whole request that the agent may know.
# custom:
#   id: countersign.said
said := [refusal |
	some refusal in refusals
	not refusal.rule in unsaid
]

# METADATA
# title: Denial of the whole request
# description: The conditions that are not met.
# custom:
#   id: countersign.denial_by_condition
denial_reasons := said if count(said) > 0

# METADATA
# title: Denial of a request without a scope to grant
# description: The usual denial, whatever the score is.
# custom:
#   id: countersign.denial_unsaid
denial_reasons := cut_reasons if {
	count(refusals) > 0
	count(said) == 0
}

# METADATA
# title: Denial for the scopes
# description: Every condition is met, and no requested scope is granted.
# custom:
#   id: countersign.denial_by_scope
denial_reasons := cut_reasons if {
	admitted
	count(refusals) == 0
	count(assessment.granted) == 0
	count(cut_reasons) > 0
}

# METADATA
# title: Allow
# description: Every requested scope is granted.
# custom:
#   id: countersign.allow
outcome := {
	"effect": "allow",
	"grant": {"scopes": input.request.scopes, "ttl_seconds": ttl.seconds},
	"reasons": array.concat(grant_reasons, ttl.reasons),
	"obligations": obligations,
} if {
	admitted
	count(assessment.granted) > 0
	count(assessment.granted) == count(input.request.scopes)
}

# METADATA
# title: Narrow
# description: Some of the requested scopes are granted; the removed ones are listed.
# custom:
#   id: countersign.narrow
outcome := {
	"effect": "narrow",
	"grant": {
		"scopes": [input.request.scopes[position] | some position in assessment.granted],
		"ttl_seconds": ttl.seconds,
	},
	"removed": removed,
	"reasons": array.concat(
		grant_reasons,
		array.concat(cut_reasons, ttl.reasons),
	),
	"obligations": obligations,
} if {
	admitted
	count(assessment.granted) > 0
	count(removed) > 0
}

# METADATA
# title: Review
# description: No scope is granted at once, and at least one can be after a person's approval.
# custom:
#   id: countersign.review
outcome := {
	"effect": "review",
	"review": review.ask,
	"reasons": cut_reasons,
	"obligations": obligations,
} if {
	admitted
	count(assessment.granted) == 0
	count(assessment.pending) > 0
}

# METADATA
# title: Deny
# description: No scope is granted or pending review, or a condition is not met.
# custom:
#   id: countersign.deny
denial := {
	"effect": "deny",
	"reasons": denial_reasons,
	"obligations": obligations,
}

# METADATA
# title: Denied by default
# description: The result when neither an outcome nor a reason to deny could be evaluated.
# custom:
#   id: countersign.denied_by_default
default decision := {
	"effect": "deny",
	"reasons": [{
		"rule": "countersign.denied_by_default",
		"code": "denied_by_default",
		"message": "Nothing in the policy allows the request.",
	}],
	"obligations": [],
}

# METADATA
# title: The decision
# description: The result that the service reads, of the schema `rego/schemas/result.json`.
# entrypoint: true
# custom:
#   id: countersign.decision
decision := outcome if {
	outcome
} else := denial
