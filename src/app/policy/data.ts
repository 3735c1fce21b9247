import { createDataOperations, type DataOperations } from '../../use-cases/policy/evaluate-data.js';
import type { Config } from '../../config/config.js';
import { systemClock } from '../../domain/clock.js';
import { RawDecisionsInThread } from '../../policy/serving/raw-in-thread.js';
import type { StoreContext } from '../../redis/context.js';
import { recordEvents } from '../../redis/stores/event-recorder.js';
import { createPolicyStore } from '../../redis/stores/policy-store.js';
import { verificationFor } from './verification.js';

export interface DataPart {
  readonly operations: DataOperations;
  close(): Promise<void>;
}

/** Creates OPA's Data API over the active bundle of the policy document, evaluated in a thread. */
export function createData({ policy }: Config, context: StoreContext): DataPart {
  const store = createPolicyStore(context);
  const decisions = new RawDecisionsInThread({
    activeDigest: async () => (await store.document())?.active.digest,
    archive: (digest) => store.archive(digest),
    verification: verificationFor(policy),
    breaker: policy.breaker,
  });
  const operations = createDataOperations({
    clock: systemClock,
    evaluator: {
      evaluate: (entrypoint, input, { principal }) =>
        decisions.evaluate(entrypoint, input, `${principal.kind} ${principal.id}`),
    },
    record: (event) => recordEvents(context, 'control', [event]),
    shards: context.shards,
  });
  return { operations, close: () => decisions.close() };
}
