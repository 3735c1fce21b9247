package countersign.pace_test

import data.countersign.pace

asking(requests, roles) := {
	"request": {"scopes": ["search", "fetch:docs.example.org/a"]},
	"agent": {"roles": roles},
	"signals": {"requests_10m": requests},
}

test_pace[note] if {
	some note, [requests, roles, positions, caps, codes] in {
		"steady": [30, ["searcher"], {0, 1}, [], set()],
		"throttled": [31, ["searcher"], {0}, [60], set()],
		"at the most": [60, ["searcher"], {0}, [60], set()],
		"too fast": [61, ["searcher"], {0}, [60], {"too_fast"}],
		"the fastest of two roles": [90, ["searcher", "reader"], {0, 1}, [], set()],
	}
	affordable := pace.affordable with input as asking(requests, roles)
	affordable == positions
	pace.ttl_caps == caps with input as asking(requests, roles)
	said := pace.refusals with input as asking(requests, roles)
	object.keys(said) == codes
}

test_no_pace_without_a_role[roles] if {
	some roles in [[], ["admin"]]
	not pace.satisfied with input as asking(1, roles)
	not pace.ttl_caps with input as asking(1, roles)
}
