import {
  createAnalysis,
  type Analysis,
  type AnalysisParts,
} from '../../src/app/policy/analysis.js';
import type { AnalysisQueues } from '../../src/app/policy/analysis-queues.js';

/** The analysis of the service over a store and a record, without agents and without a worker to wait for. */
export function analysisOf(
  storePath: string,
  parts: Pick<AnalysisParts, 'auditReader' | 'store' | 'maskKeys'>,
  queues?: AnalysisQueues,
): Analysis {
  const all: AnalysisParts = {
    ...parts,
    audit: { settle: () => Promise.resolve(true) },
    agents: { find: () => Promise.resolve(undefined) },
    agentStore: {
      read: () => Promise.resolve(undefined),
      write: () => Promise.resolve(undefined),
      idsOfShard: () => Promise.resolve([]),
    },
    shards: 1,
    // The machine may be many times slower.
    patience: 12,
    config: { policy: { entrypoint: 'countersign/decision' }, audit: { storePath } },
  };
  return createAnalysis(all, queues);
}
