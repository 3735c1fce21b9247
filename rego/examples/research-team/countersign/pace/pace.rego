# METADATA
# title: Pace
# description: >-
#   How fast an agent asks. Past its steady pace it keeps the scopes that cost little, for a short time;
#   past its most it has nothing, until the ten minutes are over. Of several roles the fastest counts.
package countersign.pace

import data.countersign.config
import data.countersign.scopes

# METADATA
# title: The steady pace
# description: Requests in ten minutes; undefined without a role.
# custom:
#   id: countersign.pace.steady
steady := max([config.roles[role].steady_10m | some role in input.agent.roles])

# METADATA
# title: The most
# description: Requests in ten minutes; undefined without a role.
# custom:
#   id: countersign.pace.most
most := max([config.roles[role].most_10m | some role in input.agent.roles])

# METADATA
# title: The agent keeps its pace
# description: It asked at most as often as its steady pace.
# custom:
#   id: countersign.pace.kept
kept if input.signals.requests_10m <= steady

# METADATA
# title: The agent is not over its most
# description: Past this nothing is granted.
# custom:
#   id: countersign.pace.satisfied
satisfied if input.signals.requests_10m <= most

# METADATA
# title: Everything, at a steady pace
# description: Every scope passes.
# custom:
#   id: countersign.pace.affordable_steady
affordable contains position if {
	kept
	some position, _ in input.request.scopes
}

# METADATA
# title: What costs little, at any pace
# description: Positions of the scopes asked for that `throttle.scopes` covers.
# custom:
#   id: countersign.pace.affordable_little
affordable contains position if {
	some position, scope in input.request.scopes
	some pattern in config.throttle.scopes
	scopes.covers(pattern, scope)
}

# METADATA
# title: No cap at a steady pace
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
# description: Said of a scope that is not granted at this pace.
# custom:
#   id: countersign.pace.throttled
refusal := {
	"rule": "countersign.pace.throttled",
	"code": "throttled",
	"message": "The agent asks fast: until it slows down, it is granted what costs little.",
}

# METADATA
# title: Too fast
# description: Said when the agent is over its most, or has no role that says how fast it may ask.
# custom:
#   id: countersign.pace.too_fast
refusals["too_fast"] := {
	"rule": "countersign.pace.too_fast",
	"code": "too_fast",
	"message": "The agent has asked too often in the last ten minutes.",
} if {
	not satisfied
}
