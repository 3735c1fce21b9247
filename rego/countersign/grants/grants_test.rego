package countersign.grants_test

import data.countersign.fixture_test as fixture
import data.countersign.grants

roles := {
	"reader": {"grants": [{"resource": "stripe", "scopes": ["read:*"], "max_ttl_seconds": 100}]},
	"anywhere": {"grants": [{"resource": "*", "scopes": ["list"]}]},
}

holding(own, held_roles, scopes) := object.union(fixture.asking("stripe", scopes), {"agent": {
	"grants": own,
	"roles": held_roles,
}})

test_held[note] if {
	some note, [own, held_roles, scopes, positions] in {
		"own": [[{"resource": "stripe", "scopes": ["a"]}], [], ["a", "b"], {0}],
		"any resource": [[{"resource": "*", "scopes": ["a"]}], [], ["a"], {0}],
		"another resource": [[{"resource": "crm", "scopes": ["a"]}], [], ["a"], set()],
		"no wildcard in resources": [[{"resource": "str*", "scopes": ["a"]}], [], ["a"], set()],
		"by wildcard": [[{"resource": "stripe", "scopes": ["a:*"]}], [], ["a:1", "a"], {0}],
		"wider than the grant": [[{"resource": "stripe", "scopes": ["a:1"]}], [], ["a:*"], set()],
		"by role": [[], ["reader"], ["read:a", "list"], {0}],
		"by two roles": [[], ["reader", "anywhere"], ["read:a", "list"], {0, 1}],
		"an undefined role": [[], ["admin"], ["read:a"], set()],
		"own and role": [[{"resource": "stripe", "scopes": ["a"]}], ["reader"], ["a", "read:a"], {0, 1}],
		"nothing": [[], [], ["a"], set()],
	}
	held := grants.held with input as holding(own, held_roles, scopes)
		with data.countersign.config.roles as roles
	held == positions
}

test_max_ttl_seconds[note] if {
	some note, [own, held_roles, caps] in {
		"none": [[{"resource": "stripe", "scopes": ["read:*"]}], [], {}],
		"own": [[{"resource": "stripe", "scopes": ["read:*"], "max_ttl_seconds": 60}], [], {0: 60}],
		"role": [[], ["reader"], {0: 100}],
		"the longest": [
			[
				{"resource": "stripe", "scopes": ["read:*"], "max_ttl_seconds": 60},
				{"resource": "*", "scopes": ["*"], "max_ttl_seconds": 80},
			],
			[],
			{0: 80},
		],
		"the longest, of own and role": [
			[{"resource": "stripe", "scopes": ["read:*"], "max_ttl_seconds": 60}],
			["reader"],
			{0: 100},
		],
		"one without": [[{"resource": "stripe", "scopes": ["read:*"]}], ["reader"], {}],
		"of covering grants only": [
			[
				{"resource": "stripe", "scopes": ["read:*"], "max_ttl_seconds": 60},
				{"resource": "stripe", "scopes": ["write"], "max_ttl_seconds": 90},
			],
			[],
			{0: 60},
		],
	}
	found := grants.max_ttl_seconds with input as holding(own, held_roles, ["read:a"])
		with data.countersign.config.roles as roles
	found == caps
}

test_nothing_held_without_an_agent if {
	count(grants.held) == 0 with input as {"request": {"resource": "stripe", "scopes": ["a"]}}
}
