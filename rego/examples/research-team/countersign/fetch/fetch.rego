# METADATA
# title: Fetching pages
# description: >-
#   `fetch:docs.example.org/guide/intro` is one page. It must be on the list and in canonical form: a
#   path with `..` would leave its allowed prefix.
package countersign.fetch

import data.countersign.config

# METADATA
# title: The page of each scope
# description: Host and path, of the scopes that fetch one page.
# custom:
#   id: countersign.fetch.pages
pages[position] := page if {
	some position, scope in input.request.scopes
	[action, page] := split(scope, ":")
	action == "fetch"
}

# METADATA
# title: Scopes that fetch
# description: Positions of the requested scopes that begin with `fetch`, well formed or not, and of a bare wildcard.
# custom:
#   id: countersign.fetch.fetching
fetching contains position if {
	some position, scope in input.request.scopes
	split(scope, ":")[0] in {"fetch", "*"}
}

# METADATA
# title: A page in canonical form
# description: No empty, `.` or `..` segment, no wildcard, and nothing before an `@` that could pass for the host.
# custom:
#   id: countersign.fetch.plain
plain(page) if {
	every segment in split(page, "/") {
		not segment in {"", ".", ".."}
	}
	every mark in ["*", "@"] {
		not contains(page, mark)
	}
}

# METADATA
# title: On the list by prefix
# description: Prefixes cost little; each holds the whole host and ends with a slash.
# custom:
#   id: countersign.fetch.listed_by_prefix
listed(page) if {
	some prefix in config.fetch.prefixes
	startswith(page, prefix)
}

# METADATA
# title: On the list by glob
# description: A `*` stays within a label of the host or a segment of the path.
# custom:
#   id: countersign.fetch.listed_by_glob
listed(page) if {
	some pattern in config.fetch.globs
	glob.match(pattern, [".", "/"], page)
}

# METADATA
# title: Page rules do not apply
# description: A scope that fetches nothing passes.
# custom:
#   id: countersign.fetch.reachable_other
reachable contains position if {
	some position, _ in input.request.scopes
	not position in fetching
}

# METADATA
# title: Allowed pages
# description: Positions of the scopes that fetch a page that is in canonical form and on the list.
# custom:
#   id: countersign.fetch.reachable_page
reachable contains position if {
	some position, page in pages
	plain(page)
	listed(page)
}

# METADATA
# title: Not on the list
# description: Returned for a page that may not be fetched.
# custom:
#   id: countersign.fetch.not_listed
refusal := {
	"rule": "countersign.fetch.not_listed",
	"code": "page_not_listed",
	"message": "The page is not on the list of pages that may be fetched.",
}
