/** Rego of a policy that gives what is asked, with no limits on how often. */
export const GRANT_WHAT_IS_ASKED = `
decision := {
	"effect": "allow",
	"grant": {"scopes": input.request.scopes, "ttl_seconds": input.request.ttl_seconds},
	"reasons": [], "obligations": [],
}`;
