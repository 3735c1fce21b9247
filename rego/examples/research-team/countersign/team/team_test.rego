package countersign.team_test

import data.countersign.team

asking(roles, scopes) := {"request": {"scopes": scopes}, "agent": {"roles": roles}}

test_assigned[note] if {
	some note, [roles, positions] in {
		"the lead": [["lead"], {0, 1, 2, 3}],
		"a searcher": [["searcher"], {0}],
		"a reader": [["reader"], {1}],
		"a writer": [["writer"], {2}],
		"two roles": [["searcher", "writer"], {0, 2}],
		"an undefined role": [["admin"], set()],
		"no role": [[], set()],
	}
	assigned := team.assigned with input as asking(
		roles,
		["search", "fetch:docs.example.org/a", "notes:write:7", "plan:step"],
	)
	assigned == positions
}

test_a_worker_has_nothing_its_lead_has_not if {
	roles := {
		"lead": {"under": [], "scopes": ["search"]},
		"worker": {"under": ["lead"], "scopes": ["search", "deploy"]},
		"lost": {"under": ["missing"], "scopes": ["search"]},
	}
	assigned := team.assigned with input as asking(["worker"], ["search", "deploy"])
		with data.countersign.config.roles as roles
	assigned == {0}
	none := team.assigned with input as asking(["lost"], ["search"])
		with data.countersign.config.roles as roles
	none == set()
}

test_team[note] if {
	some note, [resource, agent, codes] in {
		"equal": [{"labels": {"team": "atlas"}}, {"labels": {"team": "atlas"}}, set()],
		"without a team": [{"labels": {}}, {"labels": {"team": "atlas"}}, set()],
		"without labels": [{}, {"labels": {}}, set()],
		"another": [{"labels": {"team": "atlas"}}, {"labels": {"team": "borea"}}, {"other_team"}],
		"an agent of none": [{"labels": {"team": "atlas"}}, {"labels": {}}, {"other_team"}],
	}
	said := team.refusals with input as {"resource": resource, "agent": agent}
	object.keys(said) == codes
}
