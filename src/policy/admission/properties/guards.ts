import type { PolicyInput } from '../../../domain/policy.js';
import { withMember, withoutMember, type Path } from '../edit.js';
import { picked, type Property } from './property.js';

/**
 * A member of the input that may restrict.
 * It has values at which a policy that uses it restricts, and malformed values.
 */
interface Guard {
  readonly what: string;
  readonly strictest: (input: PolicyInput) => readonly object[];
  readonly malformed: (input: PolicyInput) => readonly (readonly [string, object])[];
}

/**
 * Verifies that malformed restrictions restrict.
 * A malformed member is harmless when the policy does not use it. So a member counts only after its strictest value
 * removed a scope; then a malformed one must remove that scope too.
 */
export const guardsFailClosed: Property = {
  name: 'guards_fail_closed',
  level: 'refuse',
  about:
    'a signal, working hours or a flag that can remove a scope also removes it when missing or malformed',
  show(input, pick, candidate) {
    const guard = picked(GUARDS, pick);
    const before = candidate.decide(input).scopes;
    if (before.length === 0) return 'skipped';
    const left = guard.strictest(input).map((strict) => new Set(candidate.decide(strict).scopes));
    const guarded = before.filter((scope) => left.some((scopes) => !scopes.has(scope)));
    if (guarded.length === 0) return 'unused';
    for (const [how, document] of guard.malformed(input)) {
      const kept = candidate.decide(document).scopes.filter((scope) => guarded.includes(scope));
      if (kept.length > 0) return { violated: `${guard.what} ${how}: grants ${kept.join(' ')}` };
    }
    return 'holds';
  },
};

const COUNTERS = [
  ...['requests_10m', 'requests_2h', 'denials_60m'],
  ...['first_seen_scopes_60m', 'first_seen_resources_60m'],
];
const WRONG = [null, 'x', [], {}];
const HOURS: Path = ['resource', 'working_hours'];
const OPEN = { timezone: 'UTC', days: ['mon'], start: '00:00', end: '24:00' };

const GUARDS: readonly Guard[] = [
  ...COUNTERS.map((name) => guard(['signals', name], [1e9], [...WRONG, -1])),
  guard(['signals', 'anomaly'], [0.9999], [...WRONG, -1]),
  guard(['signals', 'learning'], [true, false], [null, 'x', 2]),
  guard(['signals', 'first_seen_now'], [true], [null, 'x', 2]),
  hours(),
  guard(
    ['resource', 'requires'],
    [['session', 'task', 'user', 'reason']],
    ['x', {}, [1], ['blood']],
    'optional',
  ),
  ofEntries('honey', true, ['yes', 1, null, []]),
  ofEntries('review', true, ['yes', 1, null, []]),
  ofEntries('risk', 'critical', ['catastrophic', 1, null, []]),
];

function guard(
  path: Path,
  strictest: readonly unknown[],
  malformed: readonly unknown[],
  presence: 'required' | 'optional' = 'required',
): Guard {
  return {
    what: `/${path.join('/')}`,
    strictest: (input) => strictest.map((value) => withMember(input, path, value)),
    malformed: (input) => [
      ...malformed.map(
        (value) => [`is ${JSON.stringify(value)}`, withMember(input, path, value)] as const,
      ),
      ...(presence === 'required' ? [['is missing', withoutMember(input, path)] as const] : []),
    ],
  };
}

/** Returns closed working hours: on no day, on other days, and at all hours but this one. */
function hours(): Guard {
  return {
    what: `/${HOURS.join('/')}`,
    strictest: (input) => closed(input.now.unix_ms).map((value) => withMember(input, HOURS, value)),
    malformed: (input) => [
      ...[null, 'x', [], {}].map(
        (value) => [`is ${JSON.stringify(value)}`, withMember(input, HOURS, value)] as const,
      ),
      ...Object.keys(OPEN).flatMap((name) => {
        const at = [...HOURS, name];
        const open = withMember(input, HOURS, { ...OPEN, days: EVERY_DAY });
        return [
          [`without ${name}`, withoutMember(open, at)] as const,
          ...[null, 1, 'x', '25:99', '-1:00'].map(
            (value) =>
              [`with ${name} ${JSON.stringify(value)}`, withMember(open, at, value)] as const,
          ),
        ];
      }),
    ],
  };
}

const EVERY_DAY = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

function closed(unixMs: number): object[] {
  const at = new Date(unixMs);
  const today = (at.getUTCDay() + 6) % 7;
  const elsewhere = String((at.getUTCHours() + 12) % 24).padStart(2, '0');
  return [
    { ...OPEN, days: [] },
    { ...OPEN, days: EVERY_DAY.filter((_, day) => day !== today) },
    { ...OPEN, days: EVERY_DAY, start: `${elsewhere}:00`, end: `${elsewhere}:01` },
  ];
}

/** Returns a guard on a member of each catalogue entry. */
function ofEntries(name: string, strictest: unknown, malformed: readonly unknown[]): Guard {
  const set = (input: PolicyInput, value: unknown): object => {
    const entries = input.resource.scopes.map((one) => ({ ...one, [name]: value }));
    return withMember(input, ['resource', 'scopes'], entries);
  };
  return {
    what: `/resource/scopes/*/${name}`,
    strictest: (input) => [set(input, strictest)],
    malformed: (input) => malformed.map((v) => [`is ${JSON.stringify(v)}`, set(input, v)] as const),
  };
}
