# METADATA
# title: Countersign's default policy
# description: >-
#   Decides what an agent may have of the scopes it asked for. Every grant follows from rules that
#   hold; whatever is undefined, unknown or failed leaves the default, which is to deny.
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
# title: What was cut
# description: Each scope asked for that is not granted, in the order asked, with the rule that cut it.
# custom:
#   id: countersign.removed
removed := [removal |
	some position, scope in input.request.scopes
	some [positions, refusal] in [[assessment.pending, review.refusal], [assessment.refused, grants.refusal]]
	position in positions
	removal := {"scope": scope, "rule": refusal.rule, "reason": refusal.message}
]

# METADATA
# title: Why scopes are granted
# description: The kinds of grants that cover the scopes granted or waiting for review.
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
# title: Why scopes are cut
# description: The rules that cut the scopes that are not granted.
# custom:
#   id: countersign.cut_reasons
cut_reasons := [reason |
	some [positions, reason] in [[assessment.pending, review.refusal], [assessment.refused, grants.refusal]]
	count(positions) > 0
]

# METADATA
# title: Why the request as a whole is refused
# description: What every unmet condition says, in a fixed order.
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
# title: What the service must do
# description: Owed whatever the effect is.
# custom:
#   id: countersign.obligations
obligations := [obligation |
	some owed in [honey.obligations, catalogue.obligations, limits.obligations]
	some obligation in owed
]

# METADATA
# title: The score is not worth a word
# description: >-
#   Nothing that was asked for would be granted anyway, and the score is the only condition that is not met: said aloud,
#   it would tell a honey scope from any other that is refused.
# custom:
#   id: countersign.unsaid
unsaid if {
	{refusal.rule | some refusal in refusals} == {"countersign.limits.anomalous"}
	count(assessment.granted) == 0
	count(assessment.pending) == 0
	count(assessment.refused) > 0
}

# METADATA
# title: Why the request is denied as a whole
# description: The conditions that are not met.
# custom:
#   id: countersign.denial_by_condition
denial_reasons := refusals if {
	count(refusals) > 0
	not unsaid
}

# METADATA
# title: Why a request that nothing would come of is denied
# description: As ever, whatever the score is.
# custom:
#   id: countersign.denial_unsaid
denial_reasons := cut_reasons if unsaid

# METADATA
# title: Why the request is denied for its scopes
# description: Every condition is met, and no scope asked for is granted.
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
# description: Every scope asked for is granted.
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
# description: Some of the scopes asked for are granted; what was cut is listed.
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
# description: No scope is granted at once, and at least one may be after a person approved it.
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
# description: No scope is granted or waits for review, or a condition is not met.
# custom:
#   id: countersign.deny
denial := {
	"effect": "deny",
	"reasons": denial_reasons,
	"obligations": obligations,
}

# METADATA
# title: Denied unless a rule says otherwise
# description: What is answered when neither an outcome nor a reason to deny could be evaluated.
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
# description: The one result the service reads. Its shape is `rego/schemas/result.json`.
# entrypoint: true
# custom:
#   id: countersign.decision
decision := outcome if {
	outcome
} else := denial
