import fc from 'fast-check';
import type { Placements } from './schema-arbitrary.js';
import type { Vocabulary } from './vocabulary.js';

const DAY_SECONDS = 86_400;
const SCOPES = ['a', 'b', 'a:x', 'a:y', 'a:x:1', 'a:*', '*'];
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
];

/**
 * Generates members that the service restricts beyond the schema.
 * See docs/policy/default-policy.md and `src/schema/registry.ts`. Uses the policy's vocabulary for names.
 */
export function placements(words: Vocabulary): Placements {
  const scope = fc.oneof(
    { weight: 4, arbitrary: wordOf(words.scopes, SCOPES) },
    { weight: 1, arbitrary: fc.constantFrom(...SCOPES) },
  );
  const scopes = (maxLength: number): fc.Arbitrary<string[]> =>
    fc.uniqueArray(scope, { minLength: 1, maxLength });
  const resource = wordOf(words.resources, ['r', 's']);
  const text = wordOf(words.texts, ['', 'x', 'träume ☃', '😀']);
  const seconds = fc.oneof(
    fc.constantFrom(1, 59, 60, 61, 299, 300, 301, 900, 3600, DAY_SECONDS),
    fc.integer({ min: 1, max: DAY_SECONDS }),
  );
  const counter = counterOf(words.numbers);
  return {
    '/request/resource': resource,
    '/request/scopes': scopes(4),
    '/request/ttl_seconds': seconds,
    ...Object.fromEntries(
      ['session_id', 'task_id', 'user_id', 'reason'].map((n) => [`/request/declared/${n}`, text]),
    ),
    '/agent/id': wordOf(words.resources, ['agent', 'other']),
    '/agent/class': wordOf(words.roles, ['default', 'batch']),
    '/agent/roles': fc.uniqueArray(wordOf(words.roles, ['role', 'other']), { maxLength: 3 }),
    '/agent/grants/*/resource': fc.oneof(resource, fc.constant('*')),
    '/agent/grants/*/scopes': scopes(3),
    '/agent/grants/*/max_ttl_seconds': seconds,
    '/agent/labels/*': text,
    '/agent/authentication': fc.constantFrom('client_secret_basic', 'private_key_jwt', 'sidecar'),
    '/resource/id': resource,
    '/resource/audiences': fc.constant(['https://resource.example']),
    '/resource/scopes/*/name': scope,
    '/resource/scopes/*/description': fc.constant(''),
    '/resource/scopes/*/honey': mostly(false, true),
    '/resource/scopes/*/review': mostly(false, true),
    '/resource/scopes/*/max_ttl_seconds': seconds,
    '/resource/max_ttl_seconds': seconds,
    '/resource/working_hours/timezone': fc.constantFrom(...ZONES),
    '/resource/labels/*': text,
    ...Object.fromEntries(
      ['requests_10m', 'requests_2h', 'denials_60m', 'first_seen_scopes_60m']
        .concat('first_seen_resources_60m')
        .map((name) => [`/signals/${name}`, counter]),
    ),
    '/signals/anomaly': scoreOf(words.numbers),
    '/signals/terms': termsOf(),
    '/delegation/chain': mostly<string[]>([], ['planner'], ['planner', 'writer']),
    '/now/unix_ms': instant(),
  };
}

/** Generates a word of the policy, earlier ones more often, or one of `others`. */
function wordOf(words: readonly string[], others: readonly string[]): fc.Arbitrary<string> {
  if (words.length === 0) return fc.constantFrom(...others);
  const first = words.slice(0, 12);
  return fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...first) },
    { weight: 3, arbitrary: fc.constantFrom(...words) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
}

/** Generates mostly small numbers, else numbers around those of the policy. */
function counterOf(numbers: readonly number[]): fc.Arbitrary<number> {
  const whole = numbers.filter((n) => Number.isSafeInteger(n) && n >= 1 && n < 1e9);
  const edges = whole.flatMap((n) => [n - 1, n, n + 1]);
  return fc.oneof(
    { weight: 12, arbitrary: fc.nat({ max: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom(0, 1_000_000, ...edges) },
  );
}

function scoreOf(numbers: readonly number[]): fc.Arbitrary<number> {
  const scores = numbers.filter((n) => n > 0 && n < 1);
  return mostly(0.1, 0, 0.5, 0.999, ...scores.flatMap((n) => [n, n * 0.999]));
}

/** Generates mostly no terms, since a term is listed only when it adds to the score. */
function termsOf(): fc.Arbitrary<object[]> {
  const term = { name: 'denials_60m', value: 14, expected: 0.3, score: 9.5 };
  return mostly<object[]>(
    [],
    [term],
    [{ ...term, name: 'honey_60m', value: 1, expected: 0 }, term],
  );
}

/** Generates instants within 30 years, often on the edge of a minute. */
function instant(): fc.Arbitrary<number> {
  const range = { min: 946_684_800_000, max: 1_893_456_000_000 };
  return fc
    .tuple(fc.integer(range), fc.nat({ max: 3 }))
    .map(([ms, edge]) => (edge === 0 ? ms : ms - (ms % 60_000) + edge - 2));
}

/** Generates mostly the first value, so that only some inputs meet any one condition. */
function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 12, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
}
