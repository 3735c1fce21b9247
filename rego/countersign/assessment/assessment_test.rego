package countersign.assessment_test

import data.countersign.assessment
import data.countersign.fixture_test as fixture

test_each_scope_is_in_one_list[note] if {
	some note, [scopes, granted, pending, refused] in {
		"granted": [["read_invoices"], [0], [], []],
		"pending": [["create_refund"], [], [0], []],
		"honey": [["export_all"], [], [], [0]],
		"not in the catalogue": [["other"], [], [], [0]],
		"all, in the order asked": [
			["other", "read_customers", "create_refund", "export_all", "read_invoices"],
			[1, 4], [2], [0, 3],
		],
	}
	asked := fixture.asking("stripe", scopes)
	assessment.granted == granted with input as asked
	assessment.pending == pending with input as asked
	assessment.refused == refused with input as asked
}

test_nothing_without_a_grant if {
	asked := fixture.asking("stripe", ["read_invoices", "create_refund"])
	ungranted := json.patch(asked, [{"op": "replace", "path": "/agent/grants", "value": []}])
	assessment.refused == [0, 1] with input as ungranted
}

test_nothing_of_unknown_risk if {
	asked := fixture.catalogued([{"name": "a", "risk": "extreme"}], ["a"])
	assessment.refused == [0] with input as asked
}
