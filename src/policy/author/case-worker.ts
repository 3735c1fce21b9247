import { parentPort, workerData } from 'node:worker_threads';
import { readBundleArchive } from '../bundle/read.js';
import { BundleRefused } from '../bundle/refused.js';
import { createPolicyEngine, type PolicyEngine } from '../serving/engine.js';
import { parseCases, type PolicyCase } from './cases.js';
import type { CaseDecision, CaseRun, CaseTask } from './case-run.js';

/** Disables the breaker: the thread's deadline limits a slow policy, and admission reports it. */
const PATIENT = { maxMs: Number.POSITIVE_INFINITY, tripAfter: 1, coolDownMs: 0 };

async function run({ archive, entrypoint }: CaseTask): Promise<CaseRun> {
  const bundle = await readBundleArchive(archive, { verification: 'off' });
  // Cases often have one agent and request: one that used up its fuel says nothing about the next.
  const engine = createPolicyEngine({ entrypoint, breaker: PATIENT, refuseRepeats: false });
  try {
    await engine.activate(bundle);
  } catch (error) {
    if (error instanceof BundleRefused) return { refused: error.problems };
    throw error;
  }
  const decisions: CaseDecision[] = [];
  for (const one of parseCases(bundle.cases)) decisions.push(await decide(engine, one));
  return { decisions };
}

async function decide(engine: PolicyEngine, one: PolicyCase): Promise<CaseDecision> {
  try {
    return { result: (await engine.decide(one.input)).result };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : 'the engine failed' };
  }
}

parentPort?.postMessage({ answer: await run(workerData as CaseTask) });
