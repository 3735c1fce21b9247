package countersign.tables_test

import data.countersign.tables

asking(scopes, agent, labels) := {
	"request": {"scopes": scopes},
	"agent": object.union({"roles": [], "labels": {}}, agent),
	"resource": {"labels": labels},
}

plain(scopes) := asking(scopes, {"roles": ["analyst"], "labels": {"tenants": "acme"}}, {})

test_asked if {
	asked := tables.asked with input as plain(["read:orders:acme:500", "write:orders:acme"])
	asked == {0: {"table": "orders", "tenant": "acme", "rows": 500}}
}

test_not_asked[scope] if {
	some scope in [
		"read",
		"*",
		"read:*",
		"read:orders:acme",
		"read:orders:acme:*",
		"read:orders:acme:0",
		"read:orders:acme:-1",
		"read:orders:acme:05",
		"read:orders:acme:5.5",
		"read:orders:acme:1e9",
		"read:orders:acme:1000000000",
		"read:orders:acme:5:6",
	]
	asked := tables.asked with input as plain([scope])
	visible := tables.visible with input as plain([scope])
	own := tables.own with input as plain([scope])
	few := tables.few with input as plain([scope])
	{count(asked), count(visible), count(own), count(few)} == {0}
}

test_visible[note] if {
	some note, [scope, roles, positions] in {
		"of the role": ["read:orders:acme:1", ["analyst"], {0}],
		"of one of the roles": ["read:customers:acme:1", ["analyst", "support"], {0}],
		"of another role": ["read:customers:acme:1", ["analyst"], set()],
		"of an undefined role": ["read:orders:acme:1", ["admin"], set()],
		"a table by half its name": ["read:order:acme:1", ["analyst"], set()],
		"a write": ["write:orders:acme", [], {0}],
	}
	visible := tables.visible with input as asking([scope], {"roles": roles}, {})
	visible == positions
}

test_own[note] if {
	some note, [scope, labels, positions] in {
		"the tenant": ["read:orders:acme:1", {"tenants": "acme"}, {0}],
		"one of the tenants": ["read:orders:acme:1", {"tenants": "globex, acme"}, {0}],
		"another tenant": ["read:orders:acme:1", {"tenants": "globex"}, set()],
		"half the name": ["read:orders:ac:1", {"tenants": "acme"}, set()],
		"every tenant": ["read:orders:*:1", {"tenants": "acme"}, set()],
		"no tenant": ["read:orders:acme:1", {}, set()],
		"an empty tenant": ["read:orders::1", {"tenants": ""}, set()],
		"a write": ["write:orders:acme", {}, {0}],
	}
	own := tables.own with input as asking([scope], {"labels": labels}, {})
	own == positions
}

test_few[note] if {
	some note, [rows, agent_labels, labels, positions] in {
		"without a label": ["100", {}, {}, {0}],
		"more than without a label": ["101", {}, {}, set()],
		"by label": ["2000", {"max_rows": "2000"}, {}, {0}],
		"more than the label": ["2001", {"max_rows": "2000"}, {}, set()],
		"more than anybody may": ["10001", {"max_rows": "20000"}, {}, set()],
		"the resource's label": ["501", {"max_rows": "2000"}, {"max_rows": "500"}, set()],
		"a label that is no number": ["1", {"max_rows": "many"}, {}, set()],
		"a resource's label that is no number": ["1", {}, {"max_rows": "few"}, set()],
	}
	scope := concat(":", ["read:orders:acme", rows])
	few := tables.few with input as asking([scope], {"labels": agent_labels}, labels)
	few == positions
}

test_few_without_resource_labels if {
	few := tables.few with input as json.remove(plain(["read:orders:acme:1"]), ["resource/labels"])
	few == {0}
}
