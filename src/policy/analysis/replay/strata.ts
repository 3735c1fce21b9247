import { createHash } from 'node:crypto';
import type { DecisionPlace } from '../../../domain/replay-sample.js';

/** Maximum number of strata in memory; a period with more is not covered. */
const MAX_STRATA = 100_000;
/** Decisions kept per stratum: their inputs still differ in signals, time and declared members. */
const KEPT = 8;
const DIGIT = /[0-9]/;
const GRANTS_ALL = 'allow';

/** Decisions that are alike in agent, resource, scope set, outcome and rules. */
export interface Stratum {
  readonly agentId: string;
  readonly deniesSome: boolean;
  /** Order among the strata of an agent, which no agent can predict. */
  readonly order: number;
  /** Decisions of the period, and those with a stored input. */
  decisions: number;
  stored: number;
  /** True while no input was stored because of the configuration or an earlier build only. */
  never: boolean;
  /** Rows to replay: the newest first, then others spread over the period. */
  readonly rows: number[];
  replayed: number;
  newGrants: number;
}

/** The strata of a period, filled by decisions from newest to oldest. */
export class Strata {
  decisions = 0;
  replayable = 0;
  /** True when the period has more strata than fit. */
  full = false;
  private readonly known = new Map<string, Stratum>();

  /** `seed`: the digest of the candidate, so that agents cannot choose which of their decisions are taken. */
  constructor(private readonly seed: number) {}

  get all(): readonly Stratum[] {
    return [...this.known.values()];
  }

  add(place: DecisionPlace): void {
    this.decisions += 1;
    if (place.input === 'stored') this.replayable += 1;
    const key = keyOf(place);
    const stratum = this.known.get(key) ?? this.begin(key, place);
    if (stratum === undefined) return;
    stratum.decisions += 1;
    if (place.input !== 'never') stratum.never = false;
    if (place.input !== 'stored') return;
    stratum.stored += 1;
    keep(stratum.rows, place.row, this.seed);
  }

  private begin(key: string, { agentId, effect }: DecisionPlace): Stratum | undefined {
    if (this.known.size >= MAX_STRATA) {
      this.full = true;
      return undefined;
    }
    const stratum: Stratum = {
      agentId,
      deniesSome: effect !== GRANTS_ALL,
      order: mixed(textHash(key), this.seed),
      ...{ decisions: 0, stored: 0, never: true, rows: [], replayed: 0, newGrants: 0 },
    };
    this.known.set(key, stratum);
    return stratum;
  }
}

/** Returns the digest of what makes decisions alike, since an agent chooses the length of its scopes. */
function keyOf({ agentId, resource, scopes, effect, granted, rules }: DecisionPlace): string {
  // Of a decision that denies, each scope counts as it is: a flood of similar ones must not hide it.
  const shape = effect === GRANTS_ALL ? shapesOf : distinct;
  const alike = [agentId, resource, effect, shape(scopes), shape(granted), distinct(rules)];
  return createHash('sha256').update(JSON.stringify(alike)).digest('base64');
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

/** Returns scopes with one sign for each segment with a digit, which is mostly an id such as a customer's number. */
function shapesOf(scopes: readonly string[]): string[] {
  const shapes = scopes.map((scope) =>
    scope
      .split(':')
      .map((segment) => (DIGIT.test(segment) ? '#' : segment))
      .join(':'),
  );
  return distinct(shapes);
}

/** Keeps the first row, which is the newest, and of the others those with the smallest hashes. */
function keep(rows: number[], row: number, seed: number): void {
  const hash = mixed(row, seed);
  let at = rows.length;
  while (at > 1 && mixed(rows[at - 1] ?? 0, seed) > hash) at -= 1;
  if (at >= KEPT) return;
  rows.splice(at, 0, row);
  if (rows.length > KEPT) rows.pop();
}

/** Returns an order number of a value under a seed (murmur3's finaliser). */
function mixed(value: number, seed: number): number {
  let hash = (value ^ seed) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Returns a number for a text (FNV-1a). */
function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
