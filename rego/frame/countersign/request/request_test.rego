package countersign.request_test

import data.countersign.request

# An input with every member there can be.
whole := {
	"request": {
		"resource": "api",
		"scopes": ["a", "b"],
		"ttl_seconds": 60,
		"declared": {"session_id": "s", "task_id": "t", "user_id": "u", "reason": "r"},
	},
	"agent": {
		"id": "agent",
		"class": "default",
		"roles": ["role"],
		"grants": [{"resource": "api", "scopes": ["*"], "max_ttl_seconds": 60}],
		"labels": {"team": "one"},
		"authentication": "private_key_jwt",
	},
	"resource": {
		"id": "api",
		"audiences": ["https://api.example"],
		"scopes": [{
			"name": "a",
			"risk": "low",
			"description": "",
			"honey": false,
			"review": false,
			"max_ttl_seconds": 60,
		}],
		"max_ttl_seconds": 60,
		"requires": ["session", "task", "user", "reason"],
		"working_hours": {"timezone": "UTC", "days": ["mon"], "start": "00:00", "end": "24:00"},
		"labels": {},
	},
	"signals": {
		"requests_10m": 1,
		"requests_2h": 1,
		"denials_60m": 0,
		"first_seen_scopes_60m": 0,
		"first_seen_resources_60m": 0,
		"first_seen_now": false,
		"anomaly": 0.1,
		"learning": false,
		"terms": [],
	},
	"delegation": {"chain": []},
	"approval": null,
	"now": {"unix_ms": 1763974800000},
}

changed(path, value) := json.patch(whole, [{"op": "add", "path": path, "value": value}])

test_satisfied if {
	request.satisfied with input as whole
	count(request.refusals) == 0 with input as whole
}

test_satisfied_without[path] if {
	some path in [
		"agent/grants/0/max_ttl_seconds",
		"resource/scopes/0/honey",
		"resource/max_ttl_seconds",
		"resource/requires",
		"resource/working_hours",
	]
	request.satisfied with input as json.remove(whole, [path])
}

test_malformed_without[path] if {
	some path in [
		"request/scopes",
		"agent/id",
		"agent/class",
		"agent/labels",
		"signals/denials_60m",
		"signals/anomaly",
		"signals/learning",
		"signals/terms",
		"now",
		"approval",
	]
	said := request.refusals with input as json.remove(whole, [path])
	"malformed_input" in object.keys(said)
}

test_malformed_with_more[path] if {
	some path in [
		"/x",
		"/request/x",
		"/request/declared/x",
		"/agent/x",
		"/agent/grants/0/x",
		"/resource/x",
		"/resource/scopes/0/x",
		"/resource/working_hours/x",
		"/signals/x",
		"/now/x",
	]
	said := request.refusals with input as changed(path, true)
	"malformed_input" in object.keys(said)
}

test_malformed_when[note] if {
	some note, [path, value] in {
		"nothing is asked": ["/request/scopes", []],
		"a scope is asked twice": ["/request/scopes", ["a", "a"]],
		"a scope is no text": ["/request/scopes", ["a", 1]],
		"scopes are a text": ["/request/scopes", "a"],
		"roles are a text": ["/agent/roles", "role"],
		"grants are no list": ["/agent/grants", {}],
		"the catalogue is no list": ["/resource/scopes", {}],
		"the lifetime is nothing": ["/request/ttl_seconds", 0],
		"the agent has no name": ["/agent/id", ""],
		"a counter is negative": ["/signals/requests_2h", -1],
		"a counter is a text": ["/signals/requests_2h", "1"],
		"the score is no number": ["/signals/anomaly", true],
		"a flag is a number": ["/signals/first_seen_now", 0],
		"learning is a text": ["/signals/learning", "no"],
		"the terms are no list": ["/signals/terms", {}],
		"the time is a text": ["/now/unix_ms", "now"],
	}
	not request.satisfied with input as changed(path, value)
}

test_indirect[note] if {
	some note, [path, value] in {
		"a chain": ["/delegation/chain", ["lead"]],
		"an approval": ["/approval", {}],
		"another resource": ["/resource/id", "other"],
	}
	said := request.refusals with input as changed(path, value)
	object.keys(said) == {"not_direct"}
}

test_undeclared[member] if {
	some member in ["session_id", "task_id", "user_id", "reason"]
	every asked in [
		json.remove(whole, [concat("/", ["request/declared", member])]),
		changed(concat("/", ["/request/declared", member]), ""),
	] {
		said := request.refusals with input as asked
		object.keys(said) == {"declared_member_required"}
	}
}

test_nothing_is_malformed if {
	not request.satisfied with input as {}
	said := request.refusals with input as {}
	"malformed_input" in object.keys(said)
}
