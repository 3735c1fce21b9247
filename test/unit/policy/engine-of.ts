import type { PolicyInput } from '../../../src/domain/policy.js';
import { hostBuiltins } from '../../../src/policy/builtins/index.js';
import type { HostBuiltin } from '../../../src/policy/builtins/host-builtin.js';
import {
  createPolicyEngine,
  type PolicyEngine,
  type PolicyEngineOptions,
} from '../../../src/policy/serving/engine.js';
import { PROBE_INPUT } from '../../../src/policy/serving/probe.js';
import { fixtureBundle, type BundleSource } from '../../support/bundles/build.js';

/** A policy that grants what was asked; its denial is the result on whatever `blocked` says. */
export const ALLOW = `
default decision := {"effect": "deny", "reasons": [], "obligations": []}

decision := {
  "effect": "allow",
  "grant": {"scopes": input.request.scopes, "ttl_seconds": 60},
  "reasons": [{"rule": "test.allow", "code": "allowed", "message": "yes"}],
  "obligations": [],
} if input.agent.id != "blocked"
`;

/** A request for `read:a`, with members of its parts replaced. */
export function requestInput(
  change: { readonly [Part in keyof PolicyInput]?: Partial<PolicyInput[Part]> } = {},
): PolicyInput {
  const merged = Object.entries(PROBE_INPUT as unknown as Record<string, unknown>).map(
    ([part, value]): readonly [string, unknown] => {
      const changed = (change as Record<string, unknown>)[part];
      return [part, isObject(value) && isObject(changed) ? { ...value, ...changed } : value];
    },
  );
  return Object.fromEntries(merged) as unknown as PolicyInput;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** An engine that serves a fixture, with builtins of the test in addition to the host's. */
export async function engineOf(
  source: BundleSource,
  options: PolicyEngineOptions = {},
  extra: Readonly<Record<string, HostBuiltin>> = {},
): Promise<PolicyEngine> {
  const builtins = new Map([...hostBuiltins, ...Object.entries(extra)]);
  const engine = createPolicyEngine({ ...options, builtins });
  await engine.activate(await fixtureBundle(source));
  return engine;
}

/** The error of a promise that must reject. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error('rejected with something that is not an error', { cause: error });
  }
  throw new Error('it did not reject');
}
