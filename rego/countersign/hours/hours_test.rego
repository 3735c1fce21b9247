package countersign.hours_test

import data.countersign.hours

weekdays := ["mon", "tue", "wed", "thu", "fri"]

at(text, days, start, end, timezone) := {
	"now": {"unix_ms": time.parse_rfc3339_ns(text) / 1000000},
	"resource": {"working_hours": {
		"timezone": timezone,
		"days": days,
		"start": start,
		"end": end,
	}},
}

test_open[note] if {
	some note, asked in {
		"at noon": at("2025-11-24T12:00:00Z", weekdays, "09:00", "17:00", "UTC"),
		"at the start": at("2025-11-24T09:00:00Z", weekdays, "09:00", "17:00", "UTC"),
		"just before the end": at("2025-11-24T16:59:59.999Z", weekdays, "09:00", "17:00", "UTC"),
		"by local time": at("2025-11-24T08:30:00Z", weekdays, "09:00", "17:00", "Europe/Berlin"),
		"by local summer time": at("2025-07-07T07:30:00Z", weekdays, "09:00", "17:00", "Europe/Berlin"),
		"by the local day": at("2025-11-23T15:30:00Z", ["mon"], "00:00", "17:00", "Asia/Tokyo"),
		"half-hour zones": at("2025-11-24T03:30:00Z", weekdays, "09:00", "17:00", "Asia/Kolkata"),
		"full names": at("2025-11-24T12:00:00Z", ["Monday"], "09:00", "17:00", "UTC"),
		"upper case": at("2025-11-24T12:00:00Z", ["MON"], "09:00", "17:00", "UTC"),
		"all day at midnight": at("2025-11-24T00:00:00Z", ["mon"], "00:00", "24:00", "UTC"),
		"all day at the end": at("2025-11-24T23:59:59.999Z", ["mon"], "00:00", "24:00", "UTC"),
		"before midnight": at("2025-11-28T23:00:00Z", ["fri"], "22:00", "06:00", "UTC"),
		"after midnight": at("2025-11-29T05:59:59Z", ["fri"], "22:00", "06:00", "UTC"),
		"at midnight": at("2025-11-29T00:00:00Z", ["fri"], "22:00", "06:00", "UTC"),
		"after midnight on Monday": at("2025-11-24T01:00:00Z", ["sun"], "22:00", "06:00", "UTC"),
	}
	hours.satisfied with input as asked
	count(hours.refusals) == 0 with input as asked
}

test_closed[note] if {
	some note, asked in {
		"before the start": at("2025-11-24T08:59:59.999Z", weekdays, "09:00", "17:00", "UTC"),
		"at the end": at("2025-11-24T17:00:00Z", weekdays, "09:00", "17:00", "UTC"),
		"on another day": at("2025-11-23T12:00:00Z", weekdays, "09:00", "17:00", "UTC"),
		"by local time": at("2025-11-24T16:30:00Z", weekdays, "09:00", "17:00", "Europe/Berlin"),
		"by the local day": at("2025-11-24T15:30:00Z", ["mon"], "00:00", "17:00", "Asia/Tokyo"),
		"between midnight windows": at("2025-11-28T12:00:00Z", ["fri"], "22:00", "06:00", "UTC"),
		"after midnight of the first day": at("2025-11-28T01:00:00Z", ["fri"], "22:00", "06:00", "UTC"),
		"at the end after midnight": at("2025-11-29T06:00:00Z", ["fri"], "22:00", "06:00", "UTC"),
		"an empty window": at("2025-11-24T09:00:00Z", ["mon"], "09:00", "09:00", "UTC"),
		"no days": at("2025-11-24T12:00:00Z", [], "09:00", "17:00", "UTC"),
		"an unknown day": at("2025-11-24T12:00:00Z", ["monkey"], "09:00", "17:00", "UTC"),
		"a time without a colon": at("2025-11-24T12:00:00Z", ["mon"], "9", "17:00", "UTC"),
		"a time of one digit": at("2025-11-24T12:00:00Z", ["mon"], "9:00", "17:00", "UTC"),
		"a time of three digits": at("2025-11-24T12:00:00Z", ["mon"], "09:000", "17:00", "UTC"),
		"a time in letters": at("2025-11-24T12:00:00Z", ["mon"], "ab:cd", "17:00", "UTC"),
		"a start no clock shows": at("2025-11-24T12:00:00Z", ["sun"], "25:99", "17:00", "UTC"),
		"an end no clock shows": at("2025-11-24T12:00:00Z", ["mon"], "09:00", "99:99", "UTC"),
		"minutes no clock shows": at("2025-11-24T12:00:00Z", ["mon"], "09:60", "17:00", "UTC"),
		"a start before midnight": at("2025-11-24T12:00:00Z", ["mon"], "-1:00", "17:00", "UTC"),
		"minutes before the hour": at("2025-11-24T12:00:00Z", ["mon"], "09:-5", "17:00", "UTC"),
		"an unknown zone": at("2025-11-24T12:00:00Z", ["mon"], "09:00", "17:00", "Mars/Base"),
		"no zone": at("2025-11-24T12:00:00Z", ["mon"], "09:00", "17:00", ""),
	}
	not hours.satisfied with input as asked
	object.keys(hours.refusals) == {"outside_working_hours"} with input as asked
}

test_closed_when_incomplete[member] if {
	some member in ["timezone", "days", "start", "end"]
	whole := at("2025-11-24T12:00:00Z", weekdays, "09:00", "17:00", "UTC")
	asked := json.remove(whole, [concat("/", ["resource/working_hours", member])])
	not hours.satisfied with input as asked
}

test_closed_without_a_time if {
	whole := at("2025-11-24T12:00:00Z", weekdays, "09:00", "17:00", "UTC")
	not hours.satisfied with input as json.remove(whole, ["/now"])
}

test_closed_when_null if {
	not hours.satisfied with input as {
		"now": {"unix_ms": 0},
		"resource": {"working_hours": null},
	}
}

test_open_without_hours if {
	hours.satisfied with input as {"now": {"unix_ms": 0}, "resource": {"id": "stripe"}}
}

test_closed_without_a_resource if {
	not hours.satisfied with input as {}
}

test_every_day_has_a_day_before if {
	{day | some day, _ in hours.day_before} == {day | some _, day in hours.day_before}
	count(hours.day_before) == 7
}
