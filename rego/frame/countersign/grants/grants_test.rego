package countersign.grants_test

import data.countersign.grants

holding(held, scopes) := {
	"request": {"resource": "api", "scopes": scopes},
	"agent": {"grants": held},
}

test_held[note] if {
	some note, [held, positions] in {
		"by name": [[{"resource": "api", "scopes": ["a"]}], {0}],
		"by wildcard": [[{"resource": "api", "scopes": ["a:*"]}], {1}],
		"on any resource": [[{"resource": "*", "scopes": ["*"]}], {0, 1}],
		"on another resource": [[{"resource": "other", "scopes": ["*"]}], set()],
		"not at all": [[], set()],
	}
	found := grants.held with input as holding(held, ["a", "a:b"])
	found == positions
}

test_max_ttl_seconds[note] if {
	some note, [held, caps] in {
		"none": [[{"resource": "api", "scopes": ["a"]}], {}],
		"one": [[{"resource": "api", "scopes": ["a"], "max_ttl_seconds": 60}], {0: 60}],
		"the longest": [
			[
				{"resource": "api", "scopes": ["a"], "max_ttl_seconds": 60},
				{"resource": "*", "scopes": ["a"], "max_ttl_seconds": 90},
			],
			{0: 90},
		],
		"one without": [
			[
				{"resource": "api", "scopes": ["a"], "max_ttl_seconds": 60},
				{"resource": "*", "scopes": ["a"]},
			],
			{},
		],
	}
	found := grants.max_ttl_seconds with input as holding(held, ["a"])
	found == caps
}
