import { createDataOperations, type DataOperations } from '../../use-cases/policy/evaluate-data.js';
import type { Config } from '../../config/config.js';
import { systemClock } from '../../domain/clock.js';
import { BundleRefused } from '../../policy/bundle/refused.js';
import { RawDecisions } from '../../policy/serving/raw-decision.js';
import type { StoreContext } from '../../redis/context.js';
import { recordEvents } from '../../redis/stores/event-recorder.js';
import { createPolicyStore } from '../../redis/stores/policy-store.js';
import { createBundleOpener } from './bundles.js';

/** Creates OPA's Data API over the active bundle of the policy document. */
export function createData({ policy }: Config, context: StoreContext): DataOperations {
  const store = createPolicyStore(context);
  const opener = createBundleOpener(policy);
  const evaluator = new RawDecisions({
    activeDigest: async () => (await store.document())?.active.digest,
    open: async (digest) => {
      const archive = await store.archive(digest);
      if (archive === undefined) {
        throw new BundleRefused('missing', ['it is not in the store']);
      }
      const bundle = await opener.open(archive);
      if (bundle.digest !== digest) {
        throw new BundleRefused('unreadable', ['the stored bytes do not match this digest']);
      }
      return bundle;
    },
    breaker: policy.breaker,
  });
  return createDataOperations({
    clock: systemClock,
    evaluator,
    record: (event) => recordEvents(context, 'control', [event]),
    shards: context.shards,
  });
}
