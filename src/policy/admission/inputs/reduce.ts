import type { PolicyInput } from '../../../domain/policy.js';
import { isPromised } from './input-schema.js';

/** Maximum number of evaluations to reduce one input. */
const MAX_TRIES = 1500;

/**
 * Removes every item and optional member that is not needed to show the violation.
 * Shrinking alone stays close to the seed; people read this result.
 */
export function reduceInput(
  input: PolicyInput,
  stillShows: (input: PolicyInput) => boolean,
  endMs: number,
): PolicyInput {
  let smallest = input;
  let tries = 0;
  for (let again = true; again;) {
    again = false;
    for (const smaller of smallerOf(smallest)) {
      tries += 1;
      if (tries > MAX_TRIES || performance.now() > endMs) return smallest;
      if (!isPromised(smaller) || !stillShows(smaller)) continue;
      smallest = smaller;
      again = true;
      break;
    }
  }
  return smallest;
}

/** Yields every document with one item or member less, the largest cuts first. */
function* smallerOf(value: unknown): Generator {
  if (Array.isArray(value)) {
    if (value.length > 2) yield value.slice(0, value.length >> 1);
    if (value.length > 2) yield value.slice(value.length >> 1);
    for (let i = 0; i < value.length; i++) yield value.filter((_, j) => j !== i);
    for (const [i, item] of value.entries()) {
      for (const smaller of smallerOf(item))
        yield value.map((one: unknown, j) => (j === i ? smaller : one));
    }
  } else if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value);
    for (const [name] of members) yield Object.fromEntries(members.filter(([key]) => key !== name));
    for (const [name, member] of members) {
      for (const smaller of smallerOf(member)) yield { ...value, [name]: smaller };
    }
  }
}
