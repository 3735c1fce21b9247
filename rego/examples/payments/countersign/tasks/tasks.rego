# METADATA
# title: Tasks
# description: >-
#   The scopes that a declared task needs. The agent declares the task without proof: a wrong one
#   gains no scope without a grant and a role, and the token is bound to the declared task.
package countersign.tasks

import data.countersign.config
import data.countersign.scopes

# METADATA
# title: The kind of the task
# description: The part before the colon in a task id such as `refund:981`.
# custom:
#   id: countersign.tasks.kind
kind := parts[0] if {
	parts := split(input.request.declared.task_id, ":")
	count(parts) == 2
	parts[1] != ""
}

# METADATA
# title: The task
# description: The configuration of the kind, when one of the agent's roles may run it.
# custom:
#   id: countersign.tasks.task
task := config.tasks[kind] if {
	some role in input.agent.roles
	role in config.tasks[kind].roles
}

# METADATA
# title: Scopes the task needs
# description: Positions of the requested scopes that the task lists.
# custom:
#   id: countersign.tasks.needed
needed contains position if {
	some position, scope in input.request.scopes
	some pattern in task.scopes
	scopes.covers(pattern, scope)
}

# METADATA
# title: Reason for a scope that the task does not need
# description: Also returned when no task was declared, it is not defined, or the agent may not run it.
# custom:
#   id: countersign.tasks.outside
refusal := {
	"rule": "countersign.tasks.outside",
	"code": "scope_outside_task",
	"message": "The task declared does not need the scope, or is not this agent's to run.",
}
