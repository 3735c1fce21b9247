import { workerData } from 'node:worker_threads';
import { serveCalls } from '../../threads/serve-calls.js';
import { readBundleArchive } from '../bundle/read.js';
import { BundleRefused } from '../bundle/refused.js';
import { RawDecisions, type RawDecision } from './raw-decision.js';
import type { RawQuestion, RawThreadData } from './raw-in-thread.js';

// Entry of a worker thread: RawDecisionsInThread in raw-in-thread.ts loads this module.
const { verification, breaker } = workerData as RawThreadData;

/** The bundle that the last call named. Calls come one at a time. */
let current: { readonly digest: string; readonly archive?: Uint8Array | undefined } | undefined;
/** The bundle that is open. */
let known: string | undefined;

const decisions = new RawDecisions({
  ...(breaker === undefined ? {} : { breaker }),
  activeDigest: () => Promise.resolve(current?.digest),
  async open(digest) {
    known = undefined;
    if (current?.archive === undefined) {
      throw new BundleRefused('missing', ['it is not in the store']);
    }
    const bundle = await readBundleArchive(current.archive, { verification });
    if (bundle.digest !== digest) {
      throw new BundleRefused('unreadable', ['the stored bytes do not match this digest']);
    }
    known = digest;
    return bundle;
  },
});

/** Evaluates an input; undefined when the thread needs the bytes of the bundle first. */
async function evaluate([asked]: readonly [RawQuestion]): Promise<RawDecision | undefined> {
  const { digest, archive, entrypoint, input } = asked;
  if (known !== digest && archive === undefined) return undefined;
  current = { digest, archive };
  return decisions.evaluate(entrypoint, input);
}

serveCalls({ evaluate });
