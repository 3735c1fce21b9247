import type { BundleSource } from './build.js';

/**
 * Allows every scope but `x`, for which OPA's `replace` never ends: the text to replace is empty.
 * Admission tries no scope of this name that is asked for alone.
 */
export const ENDLESS: BundleSource = {
  rego: `
scope := input.request.scopes[0]
spelled := replace(scope, "", "y") if scope == "x"
spelled := scope if scope != "x"
decision := {
	"effect": "allow",
	"grant": {"scopes": [spelled], "ttl_seconds": 60},
	"reasons": [], "obligations": [],
}`,
};
