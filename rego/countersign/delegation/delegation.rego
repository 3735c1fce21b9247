# METADATA
# title: Delegation and approvals
# description: Neither is supported yet, so a request that carries one is denied rather than decided without it.
package countersign.delegation

# METADATA
# title: The agent does not act for another agent
# description: The delegation chain is present and empty.
# custom:
#   id: countersign.delegation.direct
direct if input.delegation == {"chain": []}

# METADATA
# title: No approval is attached
# description: The approval is present and null.
# custom:
#   id: countersign.delegation.unapproved
unapproved if input.approval == null

# METADATA
# title: The agent asks for itself
# description: Holds when there is neither a delegation chain nor an approval.
# custom:
#   id: countersign.delegation.satisfied
satisfied if {
	direct
	unapproved
}

# METADATA
# title: Refuse delegation
# description: Returned when the agent acts for other agents.
# custom:
#   id: countersign.delegation.chain_refused
refusals["delegation_not_supported"] := {
	"rule": "countersign.delegation.chain_refused",
	"code": "delegation_not_supported",
	"message": "Requests on behalf of other agents are not supported.",
} if {
	not direct
}

# METADATA
# title: Refuse approvals
# description: Returned when the request carries an approval.
# custom:
#   id: countersign.delegation.approval_refused
refusals["approval_not_supported"] := {
	"rule": "countersign.delegation.approval_refused",
	"code": "approval_not_supported",
	"message": "Requests that carry an approval are not supported.",
} if {
	not unapproved
}
