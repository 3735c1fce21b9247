import type { PolicyInput } from '../../domain/policy.js';
import type { EvaluationReport } from '../../domain/policy-analysis.js';
import { readBundle } from '../../policy/bundle/read.js';
import { BundleRefused } from '../../policy/bundle/refused.js';
import { evaluateOnce } from '../../policy/analysis/replay/evaluate.js';
import { createJudge } from '../../policy/analysis/replay/judge.js';

/**
 * Evaluates a bundle in this process, so that Ctrl-C ends an endless policy.
 * It verifies no signatures, since the result decides nothing. For a refused bundle it returns the problems.
 */
export async function evaluateLocally(
  path: string,
  entrypoint: string,
  input: object,
): Promise<EvaluationReport | { readonly problems: readonly string[] }> {
  try {
    const bundle = await readBundle(path, { verification: 'off' });
    return await evaluateOnce(await createJudge(bundle, { entrypoint }), input as PolicyInput);
  } catch (error) {
    if (!(error instanceof BundleRefused)) throw error;
    return { problems: error.problems };
  }
}
