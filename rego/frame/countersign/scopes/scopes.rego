# METADATA
# title: Scope matching
# description: >-
#   Relation of a scope pattern to a scope, equal to `scopeCovers` in the service. Without regular
#   expressions, so it costs as much on every engine.
package countersign.scopes

# METADATA
# title: A scope covers itself
# description: Two equal texts cover each other.
# custom:
#   id: countersign.scopes.covers_itself
covers(pattern, scope) if pattern == scope

# METADATA
# title: The bare wildcard covers everything
# description: The pattern `*` stands for every scope.
# custom:
#   id: countersign.scopes.covers_all
covers("*", scope) if is_string(scope)

# METADATA
# title: A trailing wildcard covers what lies below
# description: The pattern `read:*` covers `read:invoices` and `read:invoices:*`, but not `read`.
# custom:
#   id: countersign.scopes.covers_below
covers(pattern, scope) if {
	endswith(pattern, ":*")
	startswith(scope, trim_suffix(pattern, "*"))
}

# METADATA
# title: The pattern reaches the scope
# description: Two scopes overlap when the first covers the second.
# custom:
#   id: countersign.scopes.overlaps_wide
overlaps(left, right) if covers(left, right)

# METADATA
# title: The scope reaches the pattern
# description: Two scopes overlap when the second covers the first.
# custom:
#   id: countersign.scopes.overlaps_narrow
overlaps(left, right) if covers(right, left)
