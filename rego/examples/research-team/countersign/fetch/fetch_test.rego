package countersign.fetch_test

import data.countersign.fetch

test_reachable[scope] if {
	some scope in [
		"fetch:docs.example.org/guide",
		"fetch:docs.example.org/guide/intro.html",
		"fetch:wiki.example.org/public/x",
		"fetch:physics.example.edu/papers/2025/one",
		"search",
		"notes:read:7",
	]
	reachable := fetch.reachable with input as {"request": {"scopes": [scope]}}
	reachable == {0}
}

test_out_of_reach[scope] if {
	some scope in [
		"fetch",
		"fetch:*",
		"*",
		"fetch:",
		"fetch:docs.example.org",
		"fetch:docs.example.org/",
		"fetch:docs.example.org.evil.example/guide",
		"fetch:evil.example/docs.example.org/guide",
		"fetch:docs.example.org/../secret",
		"fetch:docs.example.org/a/./b",
		"fetch:docs.example.org//secret",
		"fetch:docs.example.org/a:b",
		"fetch:user@docs.example.org/guide",
		"fetch:docs.example.org/@evil.example",
		"fetch:docs.example.org/*",
		"fetch:wiki.example.org/private/x",
		"fetch:wiki.example.org/public/../private/x",
		"fetch:Docs.example.org/guide",
		"fetch:a.b.example.edu/papers/one",
		"fetch:physics.example.edu/secret/papers/one",
	]
	reachable := fetch.reachable with input as {"request": {"scopes": [scope]}}
	reachable == set()
}
