package countersign.requirements_test

import data.countersign.requirements

asking(required, declared) := {
	"resource": {"requires": required},
	"request": {"declared": declared},
}

test_satisfied[note] if {
	some note, asked in {
		"nothing required": {"resource": {}, "request": {"declared": {}}},
		"an empty list": asking([], {}),
		"session": asking(["session"], {"session_id": "s"}),
		"all": asking(
			["session", "task", "user", "reason"],
			{"session_id": "s", "task_id": "t", "user_id": "u", "reason": "r"},
		),
	}
	requirements.satisfied with input as asked
	count(requirements.refusals) == 0 with input as asked
}

test_refused[note] if {
	some note, [asked, missing] in {
		"session": [asking(["session"], {}), {"session"}],
		"task": [asking(["task"], {"session_id": "s"}), {"task"}],
		"user": [asking(["user"], {"user_id": ""}), {"user"}],
		"reason": [asking(["reason"], {"reason": null}), {"reason"}],
		"a number": [asking(["reason"], {"reason": 1}), {"reason"}],
		"two": [asking(["session", "task"], {}), {"session", "task"}],
		"an unknown one": [asking(["weather"], {"weather": "fine"}), {"weather"}],
	}
	not requirements.satisfied with input as asked
	object.keys(requirements.refusals) == missing with input as asked
}

test_names_the_member if {
	asked := asking(["task"], {})
	refusal := requirements.refusals.task with input as asked
	refusal.code == "declared_member_required"
	refusal.message == "The resource requires the request to declare its task."
}

test_not_a_list_refused if {
	not requirements.satisfied with input as asking("session", {"session_id": "s"})
}

test_an_object_is_refused if {
	not requirements.satisfied with input as asking({"a": "session"}, {"session_id": "s"})
}
