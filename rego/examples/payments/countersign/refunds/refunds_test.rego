package countersign.refunds_test

import data.countersign.refunds

asking(scopes, declared, requests) := {
	"request": {"scopes": scopes, "declared": declared},
	"signals": {"requests_2h": requests},
}

once(scopes) := asking(scopes, {}, 1)

test_amounts[scope] if {
	some scope, amount in {"refund:eur:1": 1, "refund:eur:2500": 2500, "refund:usd:999999999999": 999999999999}
	asked := refunds.asked with input as once([scope])
	asked[0].amount == amount
}

test_no_amounts[scope] if {
	some scope in [
		"refund",
		"refund:eur",
		"refund:eur:*",
		"refund:*",
		"*",
		"refund:eur:",
		"refund:eur:0",
		"refund:eur:-5",
		"refund:eur:+5",
		"refund:eur:05",
		"refund:eur:5.0",
		"refund:eur:1e3",
		"refund:eur:0x10",
		"refund:eur:1000000000000",
		"refund:chf:5",
		"refund:eur:5:6",
	]
	asked := refunds.asked with input as once([scope])
	within := refunds.within with input as once([scope])
	affordable := refunds.affordable with input as once([scope])
	seen := refunds.seen with input as once([scope])
	{count(asked), count(within), count(affordable), count(seen)} == {0}
}

test_within[note] if {
	some note, [scopes, positions] in {
		"at the cap": [["refund:eur:50000"], {0}],
		"over the cap": [["refund:eur:50001"], set()],
		"split over the cap": [["refund:eur:50000", "refund:eur:1"], set()],
		"each currency by itself": [["refund:eur:50000", "refund:usd:40000"], {0, 1}],
		"one currency over": [["refund:eur:50001", "refund:usd:40000"], {1}],
		"with a look-up": [["read:payments:7", "refund:eur:50001"], {0}],
	}
	within := refunds.within with input as once(scopes)
	within == positions
}

test_affordable[note] if {
	some note, [requests, positions] in {
		"at the budget of both": [20, {0, 1, 2}],
		"over the budget": [21, {2}],
	}
	affordable := refunds.affordable with input as asking(
		["refund:eur:1", "refund:usd:1", "read:payments:7"],
		{}, requests,
	)
	affordable == positions
}

test_unattended[note] if {
	some note, [scopes, positions] in {
		"small": [["refund:eur:9999"], {0}],
		"large": [["refund:eur:10000"], set()],
		"split": [["refund:eur:5000", "refund:eur:5001"], set()],
		"a look-up": [["read:payments:7"], {0}],
	}
	unattended := refunds.unattended with input as once(scopes)
	unattended == positions
}

test_approvers[note] if {
	some note, [declared, names] in {
		"somebody else": [{"user_id": "zoe"}, ["erin", "omar", "yuki"]],
		"one of them": [{"user_id": "omar"}, ["erin", "yuki"]],
		"no user": [{}, []],
		"an empty name": [{"user_id": ""}, []],
	}
	approvers := refunds.approvers with input as asking(["refund:eur:10000"], declared, 1)
	approvers == names
}

test_seen[note] if {
	some note, [scopes, declared, positions] in {
		"a small refund alone": [["refund:eur:1"], {}, {0}],
		"a large refund alone": [["refund:eur:10000"], {}, set()],
		"a large refund with a user": [["refund:eur:10000"], {"user_id": "zoe"}, {0}],
	}
	seen := refunds.seen with input as asking(scopes, declared, 1)
	seen == positions
}

test_the_only_approver_is_nobody_else if {
	seen := refunds.seen with input as asking(["refund:eur:10000"], {"user_id": "erin"}, 1)
		with data.countersign.config.review.approvers as ["erin"]
	seen == set()
}
