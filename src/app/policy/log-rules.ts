import type { Config } from '../../config/config.js';
import type { LogEvaluator, LogRules } from '../../domain/decision-log.js';
import type { Bundle } from '../../policy/bundle/read.js';
import { BundleRefused } from '../../policy/bundle/refused.js';
import { createEvaluator } from '../../policy/serving/raw-evaluator.js';

/** Returns the active bundle, if any. Rejects when the store is unavailable. */
export type ActiveBundle = () => Promise<Bundle | undefined>;

/** The entrypoints that return the mask and the drop rules. */
type LogEntrypoints = Pick<Config['decisionLog'], 'maskEntrypoint' | 'dropEntrypoint'>;

/**
 * Returns the mask and drop rules of the active bundle.
 * Rules are recreated when another bundle becomes active; an entrypoint that is absent or cannot be instantiated is
 * `missing`. Rejects when the active bundle is unknown.
 */
export function createLogRules(
  activeBundle: ActiveBundle,
  { maskEntrypoint, dropEntrypoint }: LogEntrypoints,
  onProblem: (why: string) => void,
): () => Promise<LogRules> {
  if (maskEntrypoint === undefined && dropEntrypoint === undefined) {
    return () => Promise.resolve({});
  }
  let made: { readonly digest: string | undefined; readonly rules: Promise<LogRules> } | undefined;
  const make = async (bundle: Bundle | undefined): Promise<LogRules> => {
    const rule = async (name: string | undefined): Promise<LogEvaluator | 'missing' | undefined> =>
      name === undefined ? undefined : evaluatorOf(bundle, name, onProblem);
    const [mask, drop] = await Promise.all([rule(maskEntrypoint), rule(dropEntrypoint)]);
    return { ...(mask === undefined ? {} : { mask }), ...(drop === undefined ? {} : { drop }) };
  };
  return async () => {
    const bundle = await activeBundle();
    if (made === undefined || made.digest !== bundle?.digest) {
      made = { digest: bundle?.digest, rules: make(bundle) };
    }
    return made.rules;
  };
}

async function evaluatorOf(
  bundle: Bundle | undefined,
  entrypoint: string,
  onProblem: (why: string) => void,
): Promise<LogEvaluator | 'missing'> {
  if (bundle === undefined) {
    onProblem('no bundle is active');
    return 'missing';
  }
  try {
    return await createEvaluator(bundle, entrypoint);
  } catch (error) {
    onProblem(error instanceof BundleRefused ? error.message : `${entrypoint} cannot be loaded`);
    return 'missing';
  }
}
