# METADATA
# title: Working hours
# description: >-
#   A resource may name the days and the local time of day at which it is used. The start is
#   inside, the end is not; a window that ends before it starts spans midnight and belongs to
#   the day it starts on; one that ends when it starts is never open.
package countersign.hours

# METADATA
# title: The day before
# description: Each day of the week and the day before it.
# custom:
#   id: countersign.hours.day_before
day_before := {
	"monday": "sunday",
	"tuesday": "monday",
	"wednesday": "tuesday",
	"thursday": "wednesday",
	"friday": "thursday",
	"saturday": "friday",
	"sunday": "saturday",
}

# METADATA
# title: The moment of the request
# description: >-
#   Nanoseconds and zone, as the time builtins take them. Doubles hold whole seconds exactly, and
#   round no other millisecond into them, so every engine computes an equal minute.
# custom:
#   id: countersign.hours.moment
moment := [input.now.unix_ms * 1000000, hours.timezone] if {
	hours := input.resource.working_hours
	is_string(hours.timezone)
	hours.timezone != ""
}

# METADATA
# title: The local day of the week
# description: In lower case.
# custom:
#   id: countersign.hours.today
today := lower(time.weekday(moment))

# METADATA
# title: The local time of day
# description: In minutes since midnight.
# custom:
#   id: countersign.hours.minute
minute := (hour * 60) + past if [hour, past, _] := time.clock(moment)

# METADATA
# title: A time of day in minutes
# description: >-
#   Reads `HH:MM`; `24:00` is the end of the day. Undefined for a time that does not exist, such as `25:99`:
#   a window with such an end would be open nearly always.
# custom:
#   id: countersign.hours.minutes
minutes(text) := since_midnight if {
	[hour, past] := split(text, ":")
	count(hour) == 2
	count(past) == 2
	to_number(hour) >= 0
	to_number(past) >= 0
	to_number(past) < 60
	since_midnight := (to_number(hour) * 60) + to_number(past)
	since_midnight <= 1440
}

# METADATA
# title: A day that is listed
# description: The list holds the day's name or its first three letters, in any case.
# custom:
#   id: countersign.hours.listed
listed(day) if {
	some name in input.resource.working_hours.days
	lower(name) in {day, substring(day, 0, 3)}
}

# METADATA
# title: Open during a day
# description: The window starts and ends on one day, and includes the time of the request.
# custom:
#   id: countersign.hours.open_by_day
open if {
	start := minutes(input.resource.working_hours.start)
	end := minutes(input.resource.working_hours.end)
	start < end
	minute >= start
	minute < end
	listed(today)
}

# METADATA
# title: Open before midnight
# description: The window spans midnight, and includes the time of the request on the day it starts.
# custom:
#   id: countersign.hours.open_before_midnight
open if {
	start := minutes(input.resource.working_hours.start)
	end := minutes(input.resource.working_hours.end)
	start > end
	minute >= start
	listed(today)
}

# METADATA
# title: Open after midnight
# description: The window spans midnight, and includes the time of the request on the next day.
# custom:
#   id: countersign.hours.open_after_midnight
open if {
	start := minutes(input.resource.working_hours.start)
	end := minutes(input.resource.working_hours.end)
	start > end
	minute < end
	listed(day_before[today])
}

# METADATA
# title: The resource has no working hours
# description: A resource without working hours is always open.
# custom:
#   id: countersign.hours.satisfied_always
satisfied if not "working_hours" in object.keys(input.resource)

# METADATA
# title: The resource is open
# description: Holds inside the working hours of the resource.
# custom:
#   id: countersign.hours.satisfied_open
satisfied if open

# METADATA
# title: Refuse outside working hours
# description: Returned when it is not within the working hours of the resource, or they cannot be read.
# custom:
#   id: countersign.hours.closed
refusals["outside_working_hours"] := {
	"rule": "countersign.hours.closed",
	"code": "outside_working_hours",
	"message": "The resource is used within its working hours only.",
} if {
	not satisfied
}
