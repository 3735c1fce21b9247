import type { BundleSource } from './build.js';

/**
 * Allows every scope but `endless`, for which OPA's `replace` never ends: the text to replace is empty.
 * The name is in no literal, so admission does not find it.
 */
export const ENDLESS: BundleSource = {
  rego: `
scope := input.request.scopes[0]
endless if strings.reverse(scope) == "sseldne"
spelled := replace(scope, "", "y") if endless
spelled := scope if not endless
decision := {
	"effect": "allow",
	"grant": {"scopes": [spelled], "ttl_seconds": 60},
	"reasons": [], "obligations": [],
}`,
};
