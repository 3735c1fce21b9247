import type { PolicyInput } from '../../../domain/policy.js';
import { canonicalJson } from '../../json/canonical.js';
import type { Verdict } from '../candidate.js';
import type { Property } from './property.js';

export const keyOrderIsNothing: Property = {
  name: 'key_order_is_nothing',
  level: 'refuse',
  about: 'a decision depends neither on the order of keys nor on earlier evaluations',
  show(input, pick, candidate) {
    const before = outcomeOf(candidate.decide(input));
    const shuffled = outcomeOf(candidate.decideBytes(shuffledJson(input, pick)));
    if (shuffled !== before) return { violated: `another order of keys: ${shuffled}` };
    const again = outcomeOf(candidate.decideBytes(Buffer.from(canonicalJson(input))));
    return again === before ? 'holds' : { violated: `input evaluated again: ${again}` };
  },
};

/** Returns the decision with sorted scopes, since sets have no order. */
function outcomeOf({ result, problem }: Verdict): string {
  if (result === undefined) return problem ?? 'no decision';
  const { grant, ...rest } = result;
  return canonicalJson(
    grant ? { ...rest, grant: { ...grant, scopes: [...grant.scopes].sort() } } : rest,
  );
}

/** Returns JSON with a key order that depends on `pick` only. */
function shuffledJson(input: PolicyInput, pick: number): Uint8Array {
  return Buffer.from(JSON.stringify(shuffled(input, pick + 1)));
}

function shuffled(value: unknown, turn: number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, turn));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value);
  const cut = turn % Math.max(1, members.length);
  const turned = [...members.slice(cut), ...members.slice(0, cut)];
  if (turn % 2 === 1) turned.reverse();
  return Object.fromEntries(turned.map(([key, member]) => [key, shuffled(member, turn + 1)]));
}
