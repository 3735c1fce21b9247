import { expect } from 'chai';
import type { AdmissionReport } from '../../../../src/domain/policy-lifecycle.js';
import { NEUTRAL_INPUT } from '../../../../src/policy/serving/neutral-input.js';
import { installFromSource } from '../../../../src/use-cases/policy/install-from-source.js';
import type { AdmissionOrder } from '../../../../src/use-cases/policy/ports.js';
import { memoryPolicyStore } from '../../../support/memory-policy-store.js';

const CONTEXT = { requestId: 'req_1', principal: { kind: 'system', id: 'source' } } as const;
const REPORT: AdmissionReport = {
  ...{ ok: true, tested: true, at_ms: 1, took_ms: 1, steps: [] },
  known_input: { input: NEUTRAL_INPUT, effect: 'deny' },
};

/** The orders under which the bundles of one source were tested, in turn. */
async function ordersOf(digests: readonly string[]): Promise<readonly AdmissionOrder[]> {
  const orders: AdmissionOrder[] = [];
  const store = memoryPolicyStore();
  for (const digest of digests) {
    const source = {
      store,
      admission: {
        admit: (_: Uint8Array, order: AdmissionOrder) => {
          orders.push(order);
          // A later one need not be activated to be seen.
          return order.first ? Promise.resolve(REPORT) : Promise.reject(new Error('seen'));
        },
      },
      samples: () => Promise.resolve({ recorded: [], registry: [] }),
      ...{ allowUntestedSources: false, readyTimeoutMs: 1, pause: () => Promise.resolve() },
      describe: () =>
        Promise.resolve({
          ...{ digest, revision: digest, sequence: 0, opa_version: '1.22.2' },
          ...{ entrypoints: [], size_bytes: 1 },
        }),
      generationSeen: () => 0,
      node: { wake: () => Promise.resolve() },
      replayGate: { replay: () => Promise.reject(new Error('not asked')) },
    };
    const offered = { archive: new Uint8Array(1), source: 's', occasion: 'changed' } as const;
    await installFromSource(source, offered, CONTEXT).catch((error: unknown) => {
      expect(String(error)).to.equal('Error: seen');
    });
  }
  return orders;
}

it('the first bundle of a store may be tested for longer, and no later one', async () => {
  const orders = await ordersOf(['sha256:one', 'sha256:two']);
  expect(orders.map(({ first }) => first)).to.deep.equal([true, false]);
});
