package countersign.scopes_test

import data.countersign.scopes

test_covers[note] if {
	some note, [pattern, scope] in {
		"itself": ["read", "read"],
		"itself with segments": ["read:a:b", "read:a:b"],
		"a wildcard itself": ["read:*", "read:*"],
		"everything": ["*", "read:a"],
		"everything, itself": ["*", "*"],
		"one level": ["read:*", "read:a"],
		"two levels": ["read:*", "read:a:b"],
		"a narrower wildcard": ["read:*", "read:a:*"],
		"regular expression characters are plain": ["a.b:*", "a.b:c"],
	}
	scopes.covers(pattern, scope)
}

test_does_not_cover[note] if {
	some note, [pattern, scope] in {
		"another": ["read", "write"],
		"the prefix itself": ["read:*", "read"],
		"a sibling": ["read:*", "reader:a"],
		"wider": ["read:a", "read:*"],
		"all": ["read:*", "*"],
		"a wildcard in the middle": ["read:*:a", "read:b:a"],
		"a star without a colon": ["read*", "reading"],
		"regular expression characters": ["a.b:*", "axb:c"],
		"the empty text": ["read:*", ""],
	}
	not scopes.covers(pattern, scope)
}

test_overlaps[note] if {
	some note, [left, right] in {
		"same": ["a", "a"],
		"left is wider": ["a:*", "a:b"],
		"right is wider": ["a:b", "a:*"],
		"nested wildcards": ["a:b:*", "a:*"],
		"all": ["a", "*"],
	}
	scopes.overlaps(left, right)
}

test_does_not_overlap[note] if {
	some note, [left, right] in {
		"apart": ["a", "b"],
		"wildcards apart": ["a:*", "b:*"],
		"wildcard and its parent": ["a:*", "a"],
	}
	not scopes.overlaps(left, right)
}
