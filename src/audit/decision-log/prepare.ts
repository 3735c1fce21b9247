import type { DecisionEvent, LogEvaluator, LogRules } from '../../domain/decision-log.js';
import { toDecisionEvent, type EventOptions, type StoredDecision } from './event.js';
import { applyMasks, readMasks, withoutContent, type MaskRule } from './mask.js';
import { hideSecrets } from './secrets.js';

export interface PrepareOptions extends EventOptions {
  /** Applied to every event, before the masks of the `mask` rule. */
  readonly masks: readonly MaskRule[];
}

/** The prepared form of one decision. */
export interface Prepared {
  /** Undefined when the `drop` rule excludes it from the log. */
  readonly event: DecisionEvent | undefined;
  /** The class of the mask's failure, never content. */
  readonly maskError?: string;
  readonly dropError?: string;
}

/**
 * Prepares an event for delivery; always hides secrets first.
 * Fails closed, where OPA loses the event or shows it unmasked. A `mask` that fails, is undefined or is missing from
 * the bundle leaves no content. A `drop` that fails drops nothing.
 */
export function prepare(
  stored: StoredDecision,
  rules: LogRules,
  options: PrepareOptions,
): Prepared {
  const whole = hideSecrets(toDecisionEvent(stored, options));
  const drop = evaluate(rules.drop, whole);
  if ('value' in drop && drop.value === true) return { event: undefined };
  const dropError = 'failed' in drop ? { dropError: drop.failed } : {};
  try {
    const mask = evaluate(rules.mask, whole);
    if ('failed' in mask)
      return { event: withoutContent(whole), maskError: mask.failed, ...dropError };
    const asked = 'value' in mask ? readMasks(mask.value) : [];
    return { event: applyMasks(whole, [...options.masks, ...asked]), ...dropError };
  } catch (error) {
    return { event: withoutContent(whole), maskError: nameOf(error), ...dropError };
  }
}

type Evaluated =
  | { readonly value: unknown }
  | { readonly failed: string }
  | { readonly absent: true };

function evaluate(rule: LogEvaluator | 'missing' | undefined, event: DecisionEvent): Evaluated {
  if (rule === undefined) return { absent: true };
  if (rule === 'missing') return { failed: 'the bundle does not have the entrypoint' };
  try {
    return { value: rule.evaluate(event) };
  } catch (error) {
    return { failed: nameOf(error) };
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'it threw';
}
