import type { Config } from '../../config/config.js';
import type { StoreContext } from '../../redis/context.js';
import type { AdminOperations } from '../../use-cases/operations.js';
import { createAnalysis, type Analysis, type AnalysisParts } from './analysis.js';
import { createAuthor } from './author.js';
import { createData } from './data.js';

/** What callers let this node compute in threads: analyses, work on sources, OPA's Data API. */
export interface AnalysisPart {
  readonly gate: Analysis['gate'];
  readonly operations: Pick<AdminOperations, 'analysis' | 'policyAuthor' | 'data'>;
  /** Ends every thread. */
  close(): Promise<void>;
}

/** Creates the part, whose threads end when it is closed. */
export function createAnalysisPart(
  config: Config,
  parts: Omit<AnalysisParts, 'config' | 'store' | 'signal'> & {
    readonly policyStore: AnalysisParts['store'];
  },
  context: StoreContext,
): AnalysisPart {
  const closing = new AbortController();
  const { signal } = closing;
  const analysis = createAnalysis({ ...parts, config, store: parts.policyStore, signal });
  const data = createData(config, context);
  return {
    gate: analysis.gate,
    operations: {
      analysis: analysis.operations,
      policyAuthor: createAuthor(config.policy, { signal }),
      data: data.operations,
    },
    close: () => {
      closing.abort();
      return data.close();
    },
  };
}
