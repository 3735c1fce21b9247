# METADATA
# title: The business calendar
# description: Days on which no money moves, in addition to the working hours of the resource.
package countersign.calendar

import data.countersign.config
import data.countersign.refunds

# METADATA
# title: Today
# description: The local date as `YYYY-MM-DD`.
# custom:
#   id: countersign.calendar.today
today := time.format([input.now.unix_ms * 1000000, config.calendar.timezone, "2006-01-02"])

# METADATA
# title: Today is a business day
# description: Today is none of the closed dates.
# custom:
#   id: countersign.calendar.open
open if {
	is_array(config.calendar.closed_dates)
	not today in config.calendar.closed_dates
	is_string(today)
}

# METADATA
# title: Scopes that move no money have no calendar
# description: Scopes that move no money pass on any day.
# custom:
#   id: countersign.calendar.passing_any_day
passing contains position if some position in refunds.harmless

# METADATA
# title: Money moves on business days
# description: Every scope passes on a day that is not closed.
# custom:
#   id: countersign.calendar.passing_business_day
passing contains position if {
	open
	some position, _ in input.request.scopes
}

# METADATA
# title: Closed
# description: Returned for a refund on a closed date.
# custom:
#   id: countersign.calendar.closed
refusal := {
	"rule": "countersign.calendar.closed",
	"code": "closed_today",
	"message": "No money moves today.",
}
