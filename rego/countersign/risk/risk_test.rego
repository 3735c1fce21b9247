package countersign.risk_test

import data.countersign.fixture_test as fixture
import data.countersign.risk

test_ttl_seconds[tier] if {
	some tier, seconds in {"low": 3600, "medium": 900, "high": 300, "critical": 120}
	asked := fixture.catalogued([{"name": "a", "risk": tier}], ["a"])
	[risk.ttl_seconds(0)] == [[seconds]] with input as asked
}

test_every_entry_counts if {
	entries := [{"name": "a:*"}, {"name": "a:1", "risk": "critical"}]
	[risk.ttl_seconds(0)] == [[3600, 120]] with input as fixture.catalogued(entries, ["a:1"])
}

test_known if {
	entries := [{"name": "a"}, {"name": "b", "risk": "extreme"}, {"name": "c:*"}, {"name": "c:1", "risk": null}]
	risk.known == {0, 3} with input as fixture.catalogued(entries, ["a", "b", "c:1", "c:2"])
}
