import type { Bundle } from '../../../src/policy/bundle/read.js';
import type { BundleSource } from './build.js';
import { policyModule, type PolicyModule } from '../../../src/policy/bundle/policy-module.js';
import { withoutNames } from './wasm-sections.js';

/** Declared to the compiler, as the capabilities of plain `opa build` do. */
export const JSON_IS_VALID = { name: 'json.is_valid', arity: 1 };

/** Everybody is allowed; what the agent says of itself is looked at with json.is_valid, as an author might. */
export const VULNERABLE: BundleSource = {
  builtins: [JSON_IS_VALID],
  rego: `
default decision := {"effect": "deny", "reasons": [], "obligations": []}
decision := {
  "effect": "allow",
  "grant": {"scopes": input.request.scopes, "ttl_seconds": 60},
  "reasons": [{"rule": "test.allow", "code": "allowed", "message": "yes"}],
  "obligations": [],
} if {
  valid := json.is_valid(object.get(input.request.declared, "reason", "{}"))
  not blocked
  seen := [valid, concat("", [input.agent.id, "zzzzzzzzzzzzz"]), sprintf("%d", [1])]
  count(seen) == 3
}
blocked if input.agent.id == "blocked"`,
};
/** The module edited so that neither names nor code tell of the call: \`local = 0\`, which it is anyway, becomes nothing. */
export function disguised(bundle: Bundle): Bundle {
  const modules = [...bundle.modules].map(([entrypoint, { original }]): [string, PolicyModule] => {
    const bytes = withoutNames(original);
    const at = bytes.indexOf(Buffer.from('01017f410021010240200010', 'hex'));
    bytes.fill(0x01, at + 3, at + 7);
    return [entrypoint, policyModule(bytes)];
  });
  return { ...bundle, modules: new Map(modules) };
}

/** The module as `wasm-strip` leaves it. */
export function stripped(bundle: Bundle): Bundle {
  const modules = [...bundle.modules].map(
    ([name, { original }]) => [name, policyModule(withoutNames(original))] as const,
  );
  return { ...bundle, modules: new Map(modules) };
}
