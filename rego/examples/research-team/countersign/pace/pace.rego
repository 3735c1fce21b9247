# METADATA
# title: Pace
# description: >-
#   The request rate of an agent. Above its steady rate it gets cheap scopes only, for a short time.
#   Above its maximum rate it gets none until the ten minutes are over. The fastest role counts.
package countersign.pace

import data.countersign.config
import data.countersign.scopes

# METADATA
# title: The steady rate
# description: Requests in ten minutes; undefined without a role.
# custom:
#   id: countersign.pace.steady
steady := max([config.roles[role].steady_10m | some role in input.agent.roles])

# METADATA
# title: The maximum rate
# description: Requests in ten minutes; undefined without a role.
# custom:
#   id: countersign.pace.most
most := max([config.roles[role].most_10m | some role in input.agent.roles])

# METADATA
# title: The agent is within its steady rate
# description: Its requests of ten minutes are at most the steady rate.
# custom:
#   id: countersign.pace.kept
kept if input.signals.requests_10m <= steady

# METADATA
# title: The agent is within its maximum rate
# description: Above it, nothing is granted.
# custom:
#   id: countersign.pace.satisfied
satisfied if input.signals.requests_10m <= most

# METADATA
# title: Every scope within the steady rate
# description: Every scope passes.
# custom:
#   id: countersign.pace.affordable_steady
affordable contains position if {
	kept
	some position, _ in input.request.scopes
}

# METADATA
# title: Cheap scopes at any rate
# description: Positions of the requested scopes that `throttle.scopes` covers.
# custom:
#   id: countersign.pace.affordable_little
affordable contains position if {
	some position, scope in input.request.scopes
	some pattern in config.throttle.scopes
	scopes.covers(pattern, scope)
}

# METADATA
# title: No cap within the steady rate
# description: No cap on the lifetime.
# custom:
#   id: countersign.pace.no_cap
ttl_caps := [] if kept

# METADATA
# title: A short lifetime while throttled
# description: In seconds.
# custom:
#   id: countersign.pace.cap
ttl_caps := [config.throttle.ttl_seconds] if input.signals.requests_10m > steady

# METADATA
# title: Throttled
# description: Returned for a scope that is not granted at this rate.
# custom:
#   id: countersign.pace.throttled
refusal := {
	"rule": "countersign.pace.throttled",
	"code": "throttled",
	"message": "The agent asks fast: until it slows down, it is granted what costs little.",
}

# METADATA
# title: Too fast
# description: Returned when the agent is above its maximum rate, or has no role with a rate.
# custom:
#   id: countersign.pace.too_fast
refusals["too_fast"] := {
	"rule": "countersign.pace.too_fast",
	"code": "too_fast",
	"message": "The agent has asked too often in the last ten minutes.",
} if {
	not satisfied
}
