package countersign.request_test

import data.countersign.fixture_test as fixture
import data.countersign.request

asked := fixture.asking("stripe", ["read_invoices"])

test_satisfied if {
	request.satisfied with input as asked
	count(request.refusals) == 0 with input as asked
}

test_malformed[note] if {
	some note, patch in {
		"an unknown member": {"op": "add", "path": "/tenant", "value": "a"},
		"no signals": {"op": "remove", "path": "/signals"},
		"no approval": {"op": "remove", "path": "/approval"},
		"an unknown member of the request": {"op": "add", "path": "/request/force", "value": true},
		"an unknown declared member": {"op": "add", "path": "/request/declared/role", "value": "a"},
		"declared is no object": {"op": "add", "path": "/request/declared", "value": "a"},
		"no scopes": {"op": "remove", "path": "/request/scopes"},
		"empty scopes": {"op": "replace", "path": "/request/scopes", "value": []},
		"scopes as an object": {"op": "replace", "path": "/request/scopes", "value": {"a": "b"}},
		"scopes as a text": {"op": "replace", "path": "/request/scopes", "value": "read_invoices"},
		"a scope that is no text": {"op": "replace", "path": "/request/scopes", "value": [1]},
		"a scope twice": {"op": "replace", "path": "/request/scopes", "value": ["a", "a"]},
		"a lifetime of zero": {"op": "replace", "path": "/request/ttl_seconds", "value": 0},
		"a negative lifetime": {"op": "replace", "path": "/request/ttl_seconds", "value": -1},
		"a lifetime as a text": {"op": "replace", "path": "/request/ttl_seconds", "value": "300"},
		"no lifetime": {"op": "remove", "path": "/request/ttl_seconds"},
		"no time": {"op": "remove", "path": "/now/unix_ms"},
		"no agent": {"op": "remove", "path": "/agent/id"},
		"a nameless agent": {"op": "replace", "path": "/agent/id", "value": ""},
	}
	changed := json.patch(asked, [patch])
	not request.satisfied with input as changed
	request.refusals.malformed_input.code == "malformed_input" with input as changed
}

test_undefined_input if {
	not request.satisfied with input as {}
	object.keys(request.refusals) == {"malformed_input", "resource_mismatch"} with input as {}
}

test_resource_mismatch if {
	changed := json.patch(asked, [{"op": "replace", "path": "/resource/id", "value": "crm"}])
	not request.satisfied with input as changed
	object.keys(request.refusals) == {"resource_mismatch"} with input as changed
}
