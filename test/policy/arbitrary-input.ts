import fc from 'fast-check';
import type { PolicyInput } from '../../src/domain/policy.js';
import type { AgentGrant, ResourceSpec, ScopeSpec, Weekday } from '../../src/domain/records.js';

// Few names, so that what is asked, granted and listed often meets.
const name = fc.constantFrom('a', 'b', 'a:x', 'a:y', 'b:x', 'a:x:1', 'a:x:2');
const pattern = fc.oneof(
  { weight: 3, arbitrary: name },
  fc.constantFrom('*', 'a:*', 'b:*', 'a:x:*'),
);
const asked = fc.oneof({ weight: 4, arbitrary: name }, { weight: 1, arbitrary: pattern });
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
/** Mostly the first, so that one input in a few trips over any one condition. */
const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
const cap = fc.constantFrom(1, 30, 59, 60, 61, 120, 300, 600, 3600);

const entry: fc.Arbitrary<ScopeSpec> = fc.record(
  {
    name: pattern,
    risk: fc.constantFrom('low', 'low', 'medium', 'medium', 'high', 'critical'),
    description: fc.constant(''),
    honey: mostly(false, true),
    review: mostly(false, true),
    max_ttl_seconds: cap,
  },
  { requiredKeys: ['name', 'risk', 'description'] },
);

const grant: fc.Arbitrary<AgentGrant> = fc.record(
  {
    resource: fc.constantFrom('research-api', '*', 'other'),
    scopes: fc.array(pattern, { minLength: 1, maxLength: 3 }),
    max_ttl_seconds: cap,
  },
  { requiredKeys: ['resource', 'scopes'] },
);

const DAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thursday', 'friday', 'sat', 'sun'];
const time = fc.constantFrom('00:00', '02:00', '02:30', '06:00', '09:00', '17:30', '23:59');
const workingHours: fc.Arbitrary<NonNullable<ResourceSpec['working_hours']>> = fc.record({
  timezone: fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'Pacific/Apia',
  ),
  days: fc.subarray([...DAYS], { minLength: 5 }),
  start: time,
  end: fc.oneof(time, fc.constant('24:00')),
});

// Any instant of thirty years, and often one at the very edge of a minute.
const instant = fc
  .tuple(
    fc.integer({ min: 946_684_800_000, max: 1_893_456_000_000 }),
    fc.integer({ min: 0, max: 3 }),
  )
  .map(([ms, edge]) => (edge === 0 ? ms : ms - (ms % 60_000) + edge - 2));

const count = (limit: number): fc.Arbitrary<number> => mostly(0, 1, limit - 1, limit, limit + 1);

const declaredText = fc.constantFrom('', 'x', 'träume ☃', '😀');

/** Inputs that match `rego/schemas/input.json`, of which roughly half are granted something. */
export const arbitraryInput: fc.Arbitrary<PolicyInput> = fc
  .record({
    scopes: fc.uniqueArray(asked, { minLength: 1, maxLength: 3 }),
    ttl: fc.constantFrom(1, 60, 299, 300, 301, 900, 3600, 86_400),
    declared: fc.record(
      {
        session_id: declaredText,
        task_id: declaredText,
        user_id: declaredText,
        reason: declaredText,
      },
      { requiredKeys: [] },
    ),
    roles: fc.subarray(['demo', 'nobody']),
    grants: fc.array(grant, { maxLength: 4 }),
    resource: mostly('research-api', 'other'),
    entries: fc.array(entry, { minLength: 1, maxLength: 5 }),
    search: fc.boolean(),
    cap: maybe(cap),
    requires: maybe(fc.subarray(['session', 'task', 'user', 'reason'] as const, { maxLength: 1 })),
    hours: maybe(workingHours),
    signals: fc.record(
      {
        requests_10m: count(600),
        requests_2h: count(9999),
        denials_60m: count(30),
        first_seen_scopes_60m: count(40),
        first_seen_resources_60m: count(9999),
        first_seen_now: fc.boolean(),
        anomaly: mostly(0.1, 0, 0.79, 0.8, 0.85, 0.949, 0.95, 0.999),
      },
      {
        requiredKeys: [
          'requests_10m',
          'requests_2h',
          'denials_60m',
          'first_seen_scopes_60m',
          'first_seen_resources_60m',
          'first_seen_now',
        ],
      },
    ),
    chain: mostly<string[]>([], ['planner']),
    unixMs: instant,
  })
  .map((parts) => ({
    request: {
      resource: 'research-api',
      scopes: parts.search ? ['search', ...parts.scopes] : parts.scopes,
      ttl_seconds: parts.ttl,
      declared: parts.declared,
    },
    agent: {
      id: 'demo-agent',
      roles: parts.roles,
      grants: parts.grants,
      labels: {},
      authentication: 'client_secret_basic',
    },
    resource: {
      id: parts.resource,
      audiences: ['https://research-api.demo'],
      scopes: parts.search
        ? [...parts.entries, { name: 'search', risk: 'low' as const, description: '' }]
        : parts.entries,
      ...(parts.cap === undefined ? {} : { max_ttl_seconds: parts.cap }),
      ...(parts.requires === undefined ? {} : { requires: parts.requires }),
      ...(parts.hours === undefined ? {} : { working_hours: parts.hours }),
    },
    signals: parts.signals,
    delegation: { chain: parts.chain },
    approval: null,
    now: { unix_ms: parts.unixMs },
  }));
