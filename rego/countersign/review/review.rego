# METADATA
# title: Review
# description: The scopes that a person must approve, and the approvers.
package countersign.review

import data.countersign.catalogue
import data.countersign.config
import data.countersign.limits

# METADATA
# title: An entry needs no review
# description: Neither the entry itself nor its risk tier asks for one.
# custom:
#   id: countersign.review.plain
plain(entry) if {
	object.get(entry, "review", false) == false
	config.risk[entry.risk].review == false
}

# METADATA
# title: An entry needs no review from a usual agent
# description: The agent behaves as usual.
# custom:
#   id: countersign.review.trusted_usual
trusted(_) if limits.usual

# METADATA
# title: An entry needs no review even from an odd agent
# description: The entry's risk tier asks for no review when the agent behaves oddly.
# custom:
#   id: countersign.review.trusted_tier
trusted(entry) if config.risk[entry.risk].step_up_review == false

# METADATA
# title: Scopes that need no review
# description: Positions of the requested scopes that overlap no entry that needs a review.
# custom:
#   id: countersign.review.exempt
exempt contains position if {
	some position, entries in catalogue.overlapping
	every entry in entries {
		plain(entry)
		trusted(entry)
	}
}

# METADATA
# title: Reason for a scope that needs review
# description: Returned when a scope that is otherwise granted needs a person's approval.
# custom:
#   id: countersign.review.needs_review
refusal := {
	"rule": "countersign.review.needs_review",
	"code": "needs_review",
	"message": "The scope needs approval by a person.",
}

# METADATA
# title: The requested review
# description: The approvers, and the seconds in which they may approve.
# custom:
#   id: countersign.review.ask
ask := {
	"approvers": config.review.approvers,
	"expires_in_seconds": config.review.expires_in_seconds,
	"reason": refusal.message,
}
