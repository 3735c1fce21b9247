import type { PolicyInput } from '../../../domain/policy.js';
import { NEUTRAL_INPUT } from '../../serving/neutral-input.js';
import type { Candidate } from '../candidate.js';
import { reduceInput } from './reduce.js';
import type { Vocabulary } from './vocabulary.js';

/** Number of passes: with every role, with none, and with halves of them; one pass by a very odd agent. */
const PASSES = 12;
const ODD_PASS = 3;
/** Passes from which requests have labels, and agents of other classes. */
const FIRST_LABELS = 4;
const FIRST_ODD_CLASS = 6;
/** Words requested one by one in the first rounds and in the last one. */
const FEW = 24;
const MANY = 80;
const MAX_ROLES = 64;
/** Number of scopes per request. */
const CHUNK = 16;
const FOUND_PER_PASS = 2;
const FOUND = 8;
/** Monday 2025-11-24, 10:00 UTC: open in most policies with working hours. */
const NOW_MS = 1_763_978_400_000;

/**
 * Searches small inputs that are granted or have no decision.
 * Tries the policy's words as resources and scopes by an agent with every grant. Random inputs hardly ever meet a
 * policy that names one resource, one scope and one role. Stops at `endMs`.
 */
export function scanForGranted(
  candidate: Candidate,
  words: Vocabulary,
  endMs: number,
): readonly PolicyInput[] {
  const found: PolicyInput[] = [];
  for (const asks of [
    chunks,
    (few: Vocabulary) => pairs(few, FEW),
    (all: Vocabulary) => pairs(all, MANY),
  ]) {
    for (let pass = 0; pass < PASSES && found.length < FOUND; pass++) {
      found.push(...scanOnce(candidate, words, asks(words), pass, endMs));
    }
    if (found.length >= FOUND || performance.now() > endMs) break;
  }
  return found.map((input) => {
    const before = kindOf(candidate, input);
    return reduceInput(input, (smaller) => kindOf(candidate, smaller) === before, endMs);
  });
}

const ODD: PolicyInput['signals'] = {
  requests_10m: 1e6,
  requests_2h: 1e6,
  denials_60m: 1e6,
  first_seen_scopes_60m: 1e3,
  first_seen_resources_60m: 1e3,
  first_seen_now: true,
  anomaly: 0.9999,
  learning: false,
  terms: [],
};

interface Ask {
  readonly resource: string;
  readonly scopes: readonly string[];
}

/** Returns cheap requests, sufficient for a policy that decides scope by scope. */
function chunks({ resources, scopes }: Vocabulary): Ask[] {
  const words = ['a', ...scopes.slice(0, MANY)];
  const starts = Array.from({ length: Math.ceil(words.length / CHUNK) }, (_, i) => i * CHUNK);
  return ['r', ...resources.slice(0, MANY)].flatMap((resource) =>
    starts.map((start) => ({ resource, scopes: words.slice(start, start + CHUNK) })),
  );
}

/** Returns requests for a policy that decides a request as a whole. */
function pairs({ resources, scopes }: Vocabulary, words: number): Ask[] {
  return ['r', ...resources.slice(0, words)].flatMap((resource) =>
    ['a', ...scopes.slice(0, words)].map((scope) => ({ resource, scopes: [scope] })),
  );
}

function scanOnce(
  candidate: Candidate,
  words: Vocabulary,
  asks: readonly Ask[],
  pass: number,
  endMs: number,
): PolicyInput[] {
  const found: PolicyInput[] = [];
  const roles = words.roles.slice(0, MAX_ROLES).filter((role) => isIn(role, pass));
  for (const ask of asks) {
    if (performance.now() > endMs || found.length === FOUND_PER_PASS) break;
    if (found.some(({ request }) => request.resource === ask.resource)) continue;
    const input = asking(ask, roles, words, pass);
    if (kindOf(candidate, input) !== 'denied') found.push(input);
  }
  return found;
}

function kindOf(candidate: Candidate, input: PolicyInput): 'granted' | 'denied' | 'undecided' {
  const { scopes, problem } = candidate.decide(input);
  if (problem !== undefined) return 'undecided';
  return scopes.length > 0 ? 'granted' : 'denied';
}

/**
 * Returns whether a word is in a pass.
 * All are in the first and the odd one, none in the second, halves in the others.
 */
function isIn(word: string, pass: number): boolean {
  if (pass === ODD_PASS) return true;
  if (pass < 2) return pass === 0;
  return numberOf(word, pass) % 2 === 0;
}

function asking(
  { resource, scopes }: Ask,
  roles: readonly string[],
  words: Vocabulary,
  pass: number,
): PolicyInput {
  const any = (list: readonly string[], other: string): string =>
    pass === 0 ? other : (list[numberOf(resource + scopes.join(), pass) % list.length] ?? other);
  const text = any(words.texts, 'x');
  // Every word may be the name of a label; its value is one word in each request.
  const labels = pass < FIRST_LABELS ? {} : labelled(words.texts.slice(0, FEW), text);
  return {
    ...NEUTRAL_INPUT,
    request: {
      resource,
      scopes,
      ttl_seconds: 60,
      declared: { session_id: text, task_id: text, user_id: text, reason: text },
    },
    agent: {
      ...NEUTRAL_INPUT.agent,
      id: any(words.resources, 'agent'),
      class: pass < FIRST_ODD_CLASS ? NEUTRAL_INPUT.agent.class : any(words.roles, 'default'),
      roles,
      grants: [{ resource: '*', scopes: [...scopes, '*'] }],
      labels,
    },
    resource: {
      id: resource,
      audiences: ['https://resource.example'],
      scopes: scopes.map((name) => ({ name, risk: 'low', description: '' })),
      labels,
    },
    // A policy with an inverted comparison grants to odd agents only.
    signals: pass === ODD_PASS ? ODD : NEUTRAL_INPUT.signals,
    delegation: { chain: pass % 3 === 2 ? ['planner'] : [] },
    now: { unix_ms: NOW_MS },
  };
}

function labelled(names: readonly string[], value: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

/** Returns a deterministic number for a text (FNV-1a). */
function numberOf(text: string, pass: number): number {
  let hash = 0x811c9dc5 ^ pass;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
