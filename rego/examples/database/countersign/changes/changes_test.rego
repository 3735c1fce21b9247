package countersign.changes_test

import data.countersign.changes

at(text, changed) := object.union(
	{
		"request": {
			"resource": "shop-db",
			"scopes": ["write:orders:acme", "write:orders:globex", "read:orders:acme:1"],
			"declared": {"task_id": "chg-2041"},
		},
		"agent": {"id": "migrator"},
		"now": {"unix_ms": time.parse_rfc3339_ns(text) / 1000000},
	},
	changed,
)

during := "2025-11-24T21:00:00Z"

test_planned[note] if {
	some note, [text, changed, positions] in {
		"during": [during, {}, {0, 2}],
		"at the start": ["2025-11-24T20:00:00Z", {}, {0, 2}],
		"before the start": ["2025-11-24T19:59:59.999Z", {}, {2}],
		"at the end": ["2025-11-24T22:00:00Z", {}, {2}],
		"another change": [during, {"request": {"declared": {"task_id": "chg-1"}}}, {2}],
		"another agent": [during, {"agent": {"id": "worker"}}, {2}],
		"another resource": [during, {"request": {"resource": "crm-db"}}, {2}],
		"wildcards": [during, {"request": {"scopes": ["write:orders:*", "*", "read:*"]}}, {2}],
	}
	planned := changes.planned with input as at(text, changed)
	planned == positions
}

test_no_change_without_a_task if {
	planned := changes.planned with input as json.remove(at(during, {}), ["request/declared/task_id"])
	planned == {2}
}

test_ttl_caps if {
	changes.ttl_caps == [90] with input as at("2025-11-24T21:58:29.500Z", {})
	changes.ttl_caps == [] with input as at(during, {"request": {"scopes": ["read:orders:acme:1"]}})
	changes.ttl_caps == [] with input as at("2025-11-24T23:00:00Z", {})
}
