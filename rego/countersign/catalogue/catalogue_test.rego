package countersign.catalogue_test

import data.countersign.catalogue
import data.countersign.fixture_test as fixture

test_overlapping[note] if {
	some note, [entries, scope, touched] in {
		"itself": [["a", "b"], "a", ["a"]],
		"a wildcard entry": [["a:*", "b"], "a:1", ["a:*"]],
		"a wildcard and the entry it hides": [["a:*", "a:1"], "a:1", ["a:*", "a:1"]],
		"a wildcard asked for": [["a:1", "a:2", "b"], "a:*", ["a:1", "a:2"]],
		"everything asked for": [["a:1", "b"], "*", ["a:1", "b"]],
		"nothing": [["a"], "c", []],
	}
	asked := fixture.catalogued([{"name": name} | some name in entries], [scope])
	[[entry.name | some entry in catalogue.overlapping[0]]] == [touched] with input as asked
}

test_listed[note] if {
	some note, [entries, asked_for, positions] in {
		"itself": [["a", "b"], ["a", "c", "b"], {0, 2}],
		"below a wildcard": [["a:*"], ["a:1", "a:b:*", "a:*", "a"], {0, 1, 2}],
		"a wildcard is wider than its entries": [["a:1", "a:2"], ["a:*"], set()],
		"everything": [["*"], ["*", "a"], {0, 1}],
	}
	asked := fixture.catalogued([{"name": name} | some name in entries], asked_for)
	catalogue.listed == positions with input as asked
}

test_obligations if {
	asked := fixture.asking("stripe", ["made_up", "read_invoices", "other"])
	owed := catalogue.obligations with input as asked
	owed == [{
		"id": "countersign.catalogue.outside",
		"type": "alarm",
		"properties": {"signal": "scope_not_in_catalogue", "scope": "made_up other"},
	}]
}

test_no_obligations if {
	count(catalogue.obligations) == 0 with input as fixture.asking("stripe", ["export_all"])
}
