import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { caseInput, CasesInvalid, parseCases } from '../author/cases.js';
import type { Bundle } from '../bundle/read.js';
import { BundleRefused } from '../bundle/refused.js';
import { canonicalJson } from '../json/canonical.js';
import { PROBE_INPUT } from './probe.js';
import { readResult } from './result.js';
import type { RecordedAnswer } from './known-answer.js';
import type { PolicyInstance } from '../wasm/instance.js';

/** Maximum number of cases tried when the admission report has no input. */
const MAX_CASES = 64;
const MAX_INPUT_BYTES = 64 * 1024;
const GRANTED = 2;
const REASONS = 1;

/**
 * Records a known answer, which later shows whether an instance is sound.
 * Tries the input found by admission, else the bundle's cases, else the probe. Prefers a granted input, then a denial
 * with reasons. Throws BundleRefused when the instance decides none of them.
 */
export async function recordAnswer(
  instance: PolicyInstance,
  bundle: Pick<Bundle, 'cases'>,
  admitted?: unknown,
): Promise<RecordedAnswer> {
  let best: (RecordedAnswer & { readonly worth: number }) | undefined;
  for (const input of inputsOf(bundle, admitted)) {
    const answer = answerTo(instance, input);
    if (answer !== undefined && answer.worth > (best?.worth ?? -1)) best = answer;
    if (best?.worth === GRANTED) break;
    await turnOfTheLoop();
  }
  if (best === undefined) {
    throw new BundleRefused('decision_invalid', ['no input gives equal decisions twice']);
  }
  return { input: best.input, text: best.text };
}

function* inputsOf({ cases }: Pick<Bundle, 'cases'>, admitted: unknown): Generator {
  if (admitted !== undefined) yield admitted;
  yield* caseInputs(cases);
  yield PROBE_INPUT;
}

function caseInputs(texts: Bundle['cases']): readonly unknown[] {
  try {
    return parseCases(texts).slice(0, MAX_CASES).map(caseInput);
  } catch (error) {
    if (error instanceof CasesInvalid) return [];
    throw error;
  }
}

/** Returns undefined for an input without a valid, repeatable decision. */
function answerTo(
  instance: PolicyInstance,
  input: unknown,
): (RecordedAnswer & { readonly worth: number }) | undefined {
  try {
    const bytes = Buffer.from(canonicalJson(input));
    if (bytes.length > MAX_INPUT_BYTES) return undefined;
    const text = instance.evaluate(bytes);
    const checked = readResult(text);
    if (text === undefined || !checked.ok || instance.evaluate(bytes) !== text) return undefined;
    const { effect, reasons } = checked.value;
    const granted = effect === 'allow' || effect === 'narrow';
    const worth = granted ? GRANTED : reasons.length > 0 ? REASONS : 0;
    return { input: bytes, text, worth };
  } catch {
    return undefined;
  }
}
