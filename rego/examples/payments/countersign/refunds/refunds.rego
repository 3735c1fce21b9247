# METADATA
# title: Refunds
# description: >-
#   A scope such as `refund:eur:2500` is one refund of up to 25.00 EUR. Caps count all that a request
#   asks for in a currency, so that splitting a refund into many scopes gains nothing.
package countersign.refunds

import data.countersign.config

# METADATA
# title: Scopes that move money
# description: Positions of the requested scopes that begin with `refund`, and of a bare wildcard.
# custom:
#   id: countersign.refunds.spending
spending contains position if {
	some position, scope in input.request.scopes
	split(scope, ":")[0] in {"refund", "*"}
}

# METADATA
# title: Scopes that move none
# description: All other positions.
# custom:
#   id: countersign.refunds.harmless
harmless contains position if {
	some position, _ in input.request.scopes
	not position in spending
}

# METADATA
# title: The currency and amount of each refund
# description: >-
#   In minor units. Undefined for a wildcard, a sign, a fraction, an exponent, a leading zero, more than
#   twelve digits, and a currency without configuration.
# custom:
#   id: countersign.refunds.asked
asked[position] := {"currency": currency, "amount": amount} if {
	some position, scope in input.request.scopes
	[kind, currency, digits] := split(scope, ":")
	kind == "refund"
	config.spend[currency]
	count(digits) <= 12
	amount := to_number(digits)
	format_int(amount, 10) == digits
	amount > 0
}

# METADATA
# title: The total requested by currency
# description: The sum of the requested amounts in each currency.
# custom:
#   id: countersign.refunds.totals
totals[currency] := sum([one.amount | some one in asked; one.currency == currency]) if {
	some currency, _ in config.spend
}

# METADATA
# title: Amounts do not apply
# description: Scopes that move no money are within every amount.
# custom:
#   id: countersign.refunds.within_nothing
within contains position if some position in harmless

# METADATA
# title: Refunds within the amount
# description: Positions of the refunds in a currency with a total of at most `max_amount`.
# custom:
#   id: countersign.refunds.within_amount
within contains position if {
	some position, one in asked
	totals[one.currency] <= config.spend[one.currency].max_amount
}

# METADATA
# title: The budget does not apply
# description: Scopes that move no money are within every budget.
# custom:
#   id: countersign.refunds.affordable_nothing
affordable contains position if some position in harmless

# METADATA
# title: Refunds within the budget
# description: >-
#   The service counts requests and not money, so each request of the last two hours counts with the
#   largest amount. The money spent is then never above `budget_2h`.
# custom:
#   id: countersign.refunds.affordable_refund
affordable contains position if {
	some position, one in asked
	limits := config.spend[one.currency]
	input.signals.requests_2h * limits.max_amount <= limits.budget_2h
}

# METADATA
# title: The second person does not apply
# description: Scopes that move no money need no second person.
# custom:
#   id: countersign.refunds.unattended_nothing
unattended contains position if some position in harmless

# METADATA
# title: Small refunds
# description: Positions of the refunds in a currency with a total below `four_eyes_from`.
# custom:
#   id: countersign.refunds.unattended_small
unattended contains position if {
	some position, one in asked
	totals[one.currency] < config.spend[one.currency].four_eyes_from
}

# METADATA
# title: Possible second persons
# description: Every approver except the declared user; empty without a declared user.
# custom:
#   id: countersign.refunds.approvers
approvers := [approver |
	user := input.request.declared.user_id
	user != ""
	some approver in config.review.approvers
	approver != user
]

# METADATA
# title: No second person is needed
# description: Small refunds and scopes that move no money need one person only.
# custom:
#   id: countersign.refunds.seen_alone
seen contains position if some position in unattended

# METADATA
# title: There is a second person
# description: Holds for larger refunds when an approver other than the user exists.
# custom:
#   id: countersign.refunds.seen_by_another
seen contains position if {
	some position, _ in asked
	count(approvers) > 0
}

# METADATA
# title: Over the amount
# description: Returned for a refund without a readable amount, or over the cap of its currency.
# custom:
#   id: countersign.refunds.over_amount
over_amount := {
	"rule": "countersign.refunds.over_amount",
	"code": "over_amount",
	"message": "The refund names no amount, or more than one request may refund.",
}

# METADATA
# title: Over the budget
# description: Returned when the requests of the last two hours could have used the budget up.
# custom:
#   id: countersign.refunds.over_budget
over_budget := {
	"rule": "countersign.refunds.over_budget",
	"code": "over_budget",
	"message": "The agent has asked too often lately to move more money now.",
}

# METADATA
# title: No second person
# description: Returned for a larger refund without a user, or when the user is the only approver.
# custom:
#   id: countersign.refunds.four_eyes
four_eyes := {
	"rule": "countersign.refunds.four_eyes",
	"code": "four_eyes_required",
	"message": "A refund of this size must name its user, and be approved by somebody else.",
}
