package countersign.fixture_test

# The demo registry, as the service gives it to the policy.
resources := {
	"stripe": {
		"id": "stripe",
		"audiences": ["https://stripe.example"],
		"scopes": [
			{"name": "read_invoices", "risk": "low", "description": "Read invoices"},
			{"name": "read_customers", "risk": "medium", "description": "Read customers"},
			{"name": "create_refund", "risk": "high", "description": "Refund", "review": true},
			{"name": "export_all", "risk": "critical", "description": "Export", "honey": true},
		],
	},
	"customers-db": {
		"id": "customers-db",
		"audiences": ["https://customers.example"],
		"scopes": [{"name": "read:customers:*", "risk": "medium", "description": "Read"}],
	},
	"research-api": {
		"id": "research-api",
		"audiences": ["https://research.example"],
		"scopes": [
			{"name": "search", "risk": "low", "description": "Search"},
			{"name": "fetch:*", "risk": "low", "description": "Fetch a page"},
		],
	},
}

agent := {
	"id": "demo-agent",
	"class": "default",
	"roles": ["demo"],
	"grants": [
		{"resource": "stripe", "scopes": ["read_invoices", "read_customers", "create_refund"]},
		{"resource": "customers-db", "scopes": ["read:customers:*"]},
		{"resource": "research-api", "scopes": ["search", "fetch:*"]},
	],
	"labels": {},
	"authentication": "client_secret_basic",
}

signals := {
	"requests_10m": 1,
	"requests_2h": 1,
	"denials_60m": 0,
	"first_seen_scopes_60m": 0,
	"first_seen_resources_60m": 0,
	"first_seen_now": false,
	"anomaly": 0,
	"learning": false,
	"terms": [],
}

# What the demo agent asks of a demo resource, on Monday 2025-11-24 at 09:00 UTC.
asking(resource, scopes) := {
	"request": {"resource": resource, "scopes": scopes, "ttl_seconds": 300, "declared": {}},
	"agent": agent,
	"resource": resources[resource],
	"signals": signals,
	"delegation": {"chain": []},
	"approval": null,
	"now": {"unix_ms": 1763974800000},
}

# A catalogue of one's own on `stripe`, every scope of which the agent holds.
catalogued(entries, scopes) := object.union(asking("stripe", scopes), {
	"agent": {"grants": [{"resource": "stripe", "scopes": ["*"]}]},
	"resource": {"scopes": [object.union({"risk": "low", "description": ""}, entry) |
		some entry in entries
	]},
})

with_signals(changes) := object.union(
	asking("stripe", ["read_invoices"]),
	{"signals": changes},
)
