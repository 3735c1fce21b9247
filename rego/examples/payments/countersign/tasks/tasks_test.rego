package countersign.tasks_test

import data.countersign.tasks

asking(task_id, roles, scopes) := {
	"request": {"scopes": scopes, "declared": {"task_id": task_id}},
	"agent": {"roles": roles},
}

scopes := ["read:payments:7", "read:payouts", "refund:eur:100"]

test_needed[note] if {
	some note, [task_id, roles, positions] in {
		"a look-up": ["lookup:981", ["support"], {0, 1}],
		"a refund": ["refund:981", ["billing"], {0, 2}],
		"one of several roles": ["refund:981", ["support", "billing"], {0, 2}],
		"a role that may not": ["refund:981", ["support"], set()],
		"no role": ["lookup:981", [], set()],
		"an undefined kind": ["payout:981", ["billing"], set()],
		"a kind without a task": ["refund:", ["billing"], set()],
		"a task without a kind": ["981", ["billing"], set()],
		"more than a kind and a task": ["refund:981:2", ["billing"], set()],
	}
	needed := tasks.needed with input as asking(task_id, roles, scopes)
	needed == positions
}

test_nothing_without_a_task if {
	count(tasks.needed) == 0 with input as {
		"request": {"scopes": scopes, "declared": {}},
		"agent": {"roles": ["support", "billing"]},
	}
}
