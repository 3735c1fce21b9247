import type { SignalPrior } from '../../domain/signals.js';
import { compileCheck } from '../../schema/compile.js';
import { clampPrior, PRIOR_MEMBERS } from './prior.js';

/** The learned prior of one class. */
export interface LearnedPrior {
  readonly prior: SignalPrior;
  /** Number of agents in the median. */
  readonly agents: number;
  readonly learned_at_ms: number;
}

/** The stored priors of the fleet. */
export interface PriorDocument {
  readonly version: 1;
  readonly classes: readonly (LearnedPrior & { readonly class: string })[];
}

export const MAX_CLASSES = 100;
const MAX_TEXT = 65_536;

const SHARE = { type: 'number', minimum: 0, maximum: 1e9 };
const checkDocument = compileCheck<PriorDocument>({
  type: 'object',
  required: ['version', 'classes'],
  additionalProperties: false,
  properties: {
    version: { const: 1 },
    classes: {
      type: 'array',
      maxItems: MAX_CLASSES,
      items: {
        type: 'object',
        required: ['class', 'prior', 'agents', 'learned_at_ms'],
        additionalProperties: false,
        properties: {
          class: { type: 'string', minLength: 1, maxLength: 128 },
          agents: { type: 'integer', minimum: 1 },
          learned_at_ms: { type: 'integer', minimum: 0 },
          prior: {
            type: 'object',
            required: PRIOR_MEMBERS,
            additionalProperties: false,
            properties: Object.fromEntries(PRIOR_MEMBERS.map((member) => [member, SHARE])),
          },
        },
      },
    },
  },
});

/**
 * Parses a document's text; undefined when it is malformed.
 * Clamps again: another writer may have written the text.
 */
export function parsePriors(text: string): ReadonlyMap<string, LearnedPrior> | undefined {
  if (text.length > MAX_TEXT) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const checked = checkDocument(value);
  if (!checked.ok) return undefined;
  return new Map(
    checked.value.classes.map(({ class: name, prior, agents, learned_at_ms }) => [
      name,
      { prior: clampPrior(prior), agents, learned_at_ms },
    ]),
  );
}

/** Returns the text of a document, the classes in order. */
export function priorsText(classes: ReadonlyMap<string, LearnedPrior>): string {
  const document: PriorDocument = {
    version: 1,
    classes: [...classes]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, MAX_CLASSES)
      .map(([name, learned]) => ({ class: name, ...learned })),
  };
  return JSON.stringify(document);
}
