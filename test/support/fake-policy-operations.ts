import type { AdminOperations } from '../../src/use-cases/operations.js';
import { DIFFERENCE, EVALUATED, EXPLAINED, REPLAY, SIMULATED, TIGHTENED } from './fake-analysis.js';
import { DATA_ANSWER } from './fake-evaluations.js';
import { fakePolicyAuthor } from './fake-policy-author.js';
import { fakePolicy, type Answer } from './fake-policy.js';
import { STATUS } from './opa-status.js';

/** Everything about policies that the admin listener calls; it remembers what it was asked. */
export function fakePolicyOperations(
  answer: Answer,
): Pick<AdminOperations, 'policy' | 'policyAuthor' | 'data' | 'status' | 'analysis'> {
  return {
    policy: fakePolicy(answer),
    policyAuthor: fakePolicyAuthor(answer),
    data: {
      evaluate: (entrypoint, input, context) =>
        answer('data.evaluate', DATA_ANSWER, entrypoint, input, context),
    },
    status: { read: () => answer('status.read', STATUS) },
    analysis: {
      replay: (command, context) => answer('analysis.replay', REPLAY, command, context),
      explain: (id) => answer('analysis.explain', EXPLAINED, id),
      evaluate: (command) => answer('analysis.evaluate', EVALUATED, command),
      diff: (from, to) => answer('analysis.diff', DIFFERENCE, from, to),
      simulate: (command) => answer('analysis.simulate', SIMULATED, command),
      tighten: (command) => answer('analysis.tighten', TIGHTENED, command),
    },
  };
}
