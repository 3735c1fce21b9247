import { parentPort, workerData } from 'node:worker_threads';
import { evaluateOnce } from '../../policy/analysis/replay/evaluate.js';
import { createJudge } from '../../policy/analysis/replay/judge.js';
import { readBundle } from '../../policy/bundle/read.js';
import { BundleRefused } from '../../policy/bundle/refused.js';
import type { LocalEvaluation, LocalReport } from './local-bundle.js';

// Entry of a worker thread: evaluateLocally() in local-bundle.ts loads this module.
async function evaluate({ path, entrypoint, input }: LocalEvaluation): Promise<LocalReport> {
  try {
    const bundle = await readBundle(path, { verification: 'off' });
    return await evaluateOnce(await createJudge(bundle, { entrypoint }), input);
  } catch (error) {
    if (!(error instanceof BundleRefused)) throw error;
    return { problems: error.problems };
  }
}

parentPort?.postMessage({ answer: await evaluate(workerData as LocalEvaluation) });
