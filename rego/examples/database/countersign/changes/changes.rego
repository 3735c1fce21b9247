# METADATA
# title: Changes
# description: >-
#   Writing needs a planned change, which names agent, scopes, resource and time. The agent declares it
#   as its task. Declaring the change of another agent grants nothing.
package countersign.changes

import data.countersign.config
import data.countersign.scopes

# METADATA
# title: A moment
# description: In milliseconds since the epoch, of an RFC 3339 text that names whole seconds.
# custom:
#   id: countersign.changes.moment_ms
moment_ms(text) := time.parse_rfc3339_ns(text) / 1000000

# METADATA
# title: The change under way
# description: The one the task names, for this agent and resource, when it has begun and has a second left.
# custom:
#   id: countersign.changes.under_way
under_way := change if {
	change := config.changes[input.request.declared.task_id]
	input.agent.id in change.agents
	change.resource == input.request.resource
	input.now.unix_ms >= moment_ms(change.from)
	input.now.unix_ms <= moment_ms(change.until) - 1000
}

# METADATA
# title: Seconds left of the change
# description: Whole seconds until its end; a token never outlives the change.
# custom:
#   id: countersign.changes.seconds_left
seconds_left := floor((moment_ms(under_way.until) - input.now.unix_ms) / 1000)

# METADATA
# title: Scopes that only read
# description: Positions of the requested scopes that begin with `read`. Every other scope may write.
# custom:
#   id: countersign.changes.reading
reading contains position if {
	some position, scope in input.request.scopes
	split(scope, ":")[0] == "read"
}

# METADATA
# title: Reading needs no change
# description: A scope that reads passes.
# custom:
#   id: countersign.changes.planned_read
planned contains position if some position in reading

# METADATA
# title: Writes that the change covers
# description: Positions of the requested scopes that the change under way covers.
# custom:
#   id: countersign.changes.planned_write
planned contains position if {
	some position, scope in input.request.scopes
	some pattern in under_way.scopes
	scopes.covers(pattern, scope)
}

# METADATA
# title: The lifetime of a request that writes
# description: The remaining time of the change, when any requested scope is not a read; otherwise no cap.
# custom:
#   id: countersign.changes.ttl_caps
ttl_caps := [seconds_left |
	some position, _ in input.request.scopes
	not position in reading
	position in planned
]

# METADATA
# title: Not planned
# description: Returned for a write outside its change, or without a change.
# custom:
#   id: countersign.changes.not_planned
refusal := {
	"rule": "countersign.changes.not_planned",
	"code": "outside_change_window",
	"message": "Writing needs a planned change of this agent, named as the task, while it lasts.",
}
