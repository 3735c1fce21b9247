package countersign.calendar_test

import data.countersign.calendar

at(text) := {
	"now": {"unix_ms": time.parse_rfc3339_ns(text) / 1000000},
	"request": {"scopes": ["refund:eur:1", "read:payments:7"]},
}

test_passing[note] if {
	some note, [moment, positions] in {
		"a business day": ["2025-12-24T12:00:00Z", {0, 1}],
		"a closed date": ["2025-12-25T12:00:00Z", {1}],
		"closed already where the business is": ["2025-12-24T23:30:00Z", {1}],
		"open again where the business is": ["2025-12-26T23:30:00Z", {0, 1}],
	}
	passing := calendar.passing with input as at(moment)
	passing == positions
}

test_closed_in_no_zone if {
	passing := calendar.passing with input as at("2025-12-24T12:00:00Z")
		with data.countersign.config.calendar.timezone as "Mars/Base"
	passing == {1}
}

test_closed_without_dates if {
	passing := calendar.passing with input as at("2025-12-24T12:00:00Z")
		with data.countersign.config.calendar.closed_dates as null
	passing == {1}
}
