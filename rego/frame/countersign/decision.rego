# METADATA
# title: The frame of a policy
# description: >-
#   Builds one decision from the checks in `rules`. Grants the scopes that pass every check and that a
#   grant covers. Start reading at `rules`.
# scope: subpackages
# schemas:
#   - input: schema.input
#   - data.countersign.config: schema.config
package countersign

import data.countersign.catalogue
import data.countersign.grants
import data.countersign.hours
import data.countersign.request
import data.countersign.rules
import data.countersign.ttl

# METADATA
# title: The request may be decided by its scopes
# description: Every condition on the request as a whole holds.
# custom:
#   id: countersign.admitted
admitted if {
	request.satisfied
	hours.satisfied
	rules.satisfied
}

# METADATA
# title: Checks of each scope
# description: >-
#   The scopes that pass each check, and the reason that the agent gets for the others, in the order
#   of reporting. A check can only remove scopes: the first one requires a grant and a catalogue entry.
# custom:
#   id: countersign.checks
checks := array.concat(
	[{"positions": catalogue.open & grants.held, "refusal": grants.refusal}],
	rules.checks,
)

# METADATA
# title: Scopes that pass
# description: Positions of the requested scopes that pass every check.
# custom:
#   id: countersign.passing
passing contains position if {
	some position, _ in input.request.scopes
	every check in checks {
		position in check.positions
	}
}

# METADATA
# title: Scopes without review
# description: Positions of the scopes that neither the catalogue nor a rule marks for review.
# custom:
#   id: countersign.unattended
unattended := catalogue.unattended & rules.unattended

# METADATA
# title: Scopes granted
# description: Positions, in the requested order, of the scopes that pass and need no review.
# custom:
#   id: countersign.granted
granted := [position |
	some position, _ in input.request.scopes
	position in passing
	position in unattended
]

# METADATA
# title: Scopes pending review
# description: Positions, in the requested order, of the other scopes that pass.
# custom:
#   id: countersign.pending
pending := [position |
	some position, _ in input.request.scopes
	position in passing
	waiting := passing - unattended
	position in waiting
]

# METADATA
# title: Reason for a scope pending review
# description: Returned when a scope that passes needs a person's approval.
# custom:
#   id: countersign.needs_review
review_refusal := {
	"rule": "countersign.needs_review",
	"code": "needs_review",
	"message": "The scope needs approval by a person.",
}

# METADATA
# title: Removed by a check
# description: The reason is that of the first check that the scope fails.
# custom:
#   id: countersign.cut_by_check
cut[position] := failed[0] if {
	some position, _ in input.request.scopes
	failed := [check.refusal |
		some check in checks
		not position in check.positions
	]
	count(failed) > 0
}

# METADATA
# title: Removed for review
# description: A scope pending review is not granted now.
# custom:
#   id: countersign.cut_for_review
cut[position] := review_refusal if some position in pending

# METADATA
# title: Removed scopes
# description: Each requested scope that is not granted, in the requested order, with the rule that removed it.
# custom:
#   id: countersign.removed
removed := [removal |
	some position, scope in input.request.scopes
	refusal := cut[position]
	removal := {"scope": scope, "rule": refusal.rule, "reason": refusal.message}
]

# METADATA
# title: Reasons for removed scopes
# description: The reasons of the rules that removed scopes, each once, in the order of the checks.
# custom:
#   id: countersign.cut_reasons
cut_reasons := [refusal |
	said := {refusal | some refusal in cut}
	some refusal in array.concat([check.refusal | some check in checks], [review_refusal])
	refusal in said
]

# METADATA
# title: Reasons for refusing the whole request
# description: The reasons of every unmet condition, in a fixed order.
# custom:
#   id: countersign.refusals
refusals := [refusal |
	some said in [request.refusals, hours.refusals, rules.refusals]
	some code in sort(object.keys(said))
	refusal := said[code]
]

# METADATA
# title: Obligations of the service
# description: Returned with every effect.
# custom:
#   id: countersign.obligations
obligations := array.concat(catalogue.alarms, rules.obligations)

# METADATA
# title: The lifetime
# description: In seconds, of the scopes granted.
# custom:
#   id: countersign.ttl_seconds
ttl_seconds := ttl.seconds(granted, rules.ttl_caps)

# METADATA
# title: Allow
# description: Every requested scope is granted.
# custom:
#   id: countersign.allow
outcome := {
	"effect": "allow",
	"grant": {"scopes": input.request.scopes, "ttl_seconds": ttl_seconds},
	"reasons": array.concat([grants.reason], ttl.reasons(ttl_seconds)),
	"obligations": obligations,
} if {
	admitted
	count(granted) > 0
	count(granted) == count(input.request.scopes)
}

# METADATA
# title: Narrow
# description: Some of the requested scopes are granted; the removed ones are listed.
# custom:
#   id: countersign.narrow
outcome := {
	"effect": "narrow",
	"grant": {
		"scopes": [input.request.scopes[position] | some position in granted],
		"ttl_seconds": ttl_seconds,
	},
	"removed": removed,
	"reasons": array.concat([grants.reason], array.concat(cut_reasons, ttl.reasons(ttl_seconds))),
	"obligations": obligations,
} if {
	admitted
	count(granted) > 0
	count(removed) > 0
}

# METADATA
# title: Review
# description: No scope is granted at once, and at least one can be after a person's approval.
# custom:
#   id: countersign.review
outcome := {
	"effect": "review",
	"review": {
		"approvers": rules.approvers,
		"expires_in_seconds": rules.review_expires_in_seconds,
		"reason": review_refusal.message,
	},
	"reasons": cut_reasons,
	"obligations": obligations,
} if {
	admitted
	count(granted) == 0
	count(pending) > 0
	count(rules.approvers) > 0
}

# METADATA
# title: Some scope would be granted
# description: >-
#   At least one requested scope passes every check. A rule must not name the score as a reason otherwise: it would
#   distinguish a honey scope from any other refused scope.
# custom:
#   id: countersign.grantable
grantable if count(passing) > 0

# METADATA
# title: Reasons for the denial
# description: The unmet conditions; the removed scopes when none of them is said.
# custom:
#   id: countersign.denial_by_condition
denial_reasons := refusals if count(refusals) > 0

# METADATA
# title: Reasons for a denial by the scopes
# description: The usual reasons, whatever the score is.
# custom:
#   id: countersign.denial_by_scope
denial_reasons := cut_reasons if {
	count(refusals) == 0
	count(cut_reasons) > 0
}

# METADATA
# title: Deny
# description: A condition is not met, or no scope is granted or pending review.
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
