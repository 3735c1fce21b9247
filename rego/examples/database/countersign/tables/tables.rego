# METADATA
# title: Reading tables
# description: >-
#   `read:orders:acme:500` is up to 500 rows of tenant acme in the table orders. Roles name tables,
#   the agent's label `tenants` names tenants, and the labels `max_rows` of agent and resource cap rows.
package countersign.tables

import data.countersign.config

# METADATA
# title: The target of each read
# description: The table, tenant and number of rows, where the scope names all three.
# custom:
#   id: countersign.tables.asked
asked[position] := {"table": table, "tenant": tenant, "rows": rows} if {
	some position, scope in input.request.scopes
	[action, table, tenant, digits] := split(scope, ":")
	action == "read"
	count(digits) <= 9
	rows := to_number(digits)
	format_int(rows, 10) == digits
	rows > 0
}

# METADATA
# title: Scopes that read
# description: Positions of the requested scopes that begin with `read`, well formed or not, and of a bare wildcard.
# custom:
#   id: countersign.tables.reading
reading contains position if {
	some position, scope in input.request.scopes
	split(scope, ":")[0] in {"read", "*"}
}

# METADATA
# title: Scopes that do not read
# description: All other positions; these rules do not apply to them.
# custom:
#   id: countersign.tables.other
other contains position if {
	some position, _ in input.request.scopes
	not position in reading
}

# METADATA
# title: Table rules do not apply
# description: A scope that does not read passes.
# custom:
#   id: countersign.tables.visible_other
visible contains position if some position in other

# METADATA
# title: Tables of a role
# description: Reads of a table that one of the agent's roles names.
# custom:
#   id: countersign.tables.visible_by_role
visible contains position if {
	some position, one in asked
	some role in input.agent.roles
	one.table in config.roles[role].tables
}

# METADATA
# title: The agent's tenants
# description: The names in its label `tenants`, between commas; none without the label.
# custom:
#   id: countersign.tables.tenants
tenants := {name |
	some part in split(object.get(input.agent.labels, "tenants", ""), ",")
	name := trim_space(part)
	name != ""
}

# METADATA
# title: Tenant rules do not apply
# description: A scope that does not read passes.
# custom:
#   id: countersign.tables.own_other
own contains position if some position in other

# METADATA
# title: Reads of the agent's tenants
# description: Positions of the reads of a tenant in the agent's label, compared by the whole name.
# custom:
#   id: countersign.tables.own_tenant
own contains position if {
	some position, one in asked
	one.tenant in tenants
}

# METADATA
# title: Caps on rows
# description: The labels `max_rows`, with a default for the agent, and the largest cap of the configuration.
# custom:
#   id: countersign.tables.row_caps
row_caps := array.concat(
	[
		config.rows.at_most,
		to_number(object.get(input.agent.labels, "max_rows", format_int(config.rows.without_label, 10))),
	],
	[to_number(label) | label := input.resource.labels.max_rows],
)

# METADATA
# title: No label is unreadable
# description: A label `max_rows` of the resource that is not a number must not count as absent.
# custom:
#   id: countersign.tables.labels_readable
labels_readable if {
	every label in [label | label := input.resource.labels.max_rows] {
		is_number(to_number(label))
	}
}

# METADATA
# title: Row caps do not apply
# description: A scope that does not read passes.
# custom:
#   id: countersign.tables.few_other
few contains position if some position in other

# METADATA
# title: Few enough rows
# description: Positions of the reads of at most as many rows as the lowest cap.
# custom:
#   id: countersign.tables.few_rows
few contains position if {
	labels_readable
	lowest := min(row_caps)
	some position, one in asked
	one.rows <= lowest
}

# METADATA
# title: Another table
# description: Returned for a table that no role of the agent names, and of a read that does not name one.
# custom:
#   id: countersign.tables.not_this_table
not_this_table := {
	"rule": "countersign.tables.not_this_table",
	"code": "not_this_table",
	"message": "No role of the agent reads this table; a read names table, tenant and rows.",
}

# METADATA
# title: Another tenant
# description: Returned for a tenant that is none of the agent's.
# custom:
#   id: countersign.tables.not_this_tenant
not_this_tenant := {
	"rule": "countersign.tables.not_this_tenant",
	"code": "not_this_tenant",
	"message": "The agent does not work for this tenant.",
}

# METADATA
# title: Too many rows
# description: Returned for a read of more rows than the caps allow.
# custom:
#   id: countersign.tables.too_many_rows
too_many_rows := {
	"rule": "countersign.tables.too_many_rows",
	"code": "too_many_rows",
	"message": "The agent may read fewer rows at a time.",
}
