package countersign.delegation_test

import data.countersign.delegation

test_satisfied if {
	delegation.satisfied with input as {"delegation": {"chain": []}, "approval": null}
	count(delegation.refusals) == 0 with input as {"delegation": {"chain": []}, "approval": null}
}

test_refused[note] if {
	some note, [asked, codes] in {
		"a chain": [
			{"delegation": {"chain": ["a"]}, "approval": null},
			{"delegation_not_supported"},
		],
		"no chain": [{"delegation": {}, "approval": null}, {"delegation_not_supported"}],
		"an unknown member": [
			{"delegation": {"chain": [], "actor": "a"}, "approval": null},
			{"delegation_not_supported"},
		],
		"an approval": [
			{"delegation": {"chain": []}, "approval": {"by": "a"}},
			{"approval_not_supported"},
		],
		"approval false": [
			{"delegation": {"chain": []}, "approval": false},
			{"approval_not_supported"},
		],
		"nothing": [{}, {"delegation_not_supported", "approval_not_supported"}],
	}
	not delegation.satisfied with input as asked
	object.keys(delegation.refusals) == codes with input as asked
}
