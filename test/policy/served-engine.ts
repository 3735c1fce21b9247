import { fileURLToPath } from 'node:url';
import { readBundle } from '../../src/policy/bundle/read.js';
import { createPolicyEngine, type PolicyEngine } from '../../src/policy/serving/engine.js';

const BUNDLE = fileURLToPath(new URL('../../bundles/countersign', import.meta.url));

/** The engine the service decides with, on the bundle that is committed; on a busy machine its breaker stays shut. */
export async function servedEngine(): Promise<PolicyEngine> {
  const engine = createPolicyEngine({ monotonicMs: () => 0 });
  await engine.activate(await readBundle(BUNDLE, { verification: 'off' }));
  return engine;
}
