import { expect } from 'chai';
import type { PolicyInput } from '../../../../src/domain/policy.js';
import { isPromised } from '../../../../src/policy/admission/inputs/input-schema.js';
import {
  admitPolicy,
  failedSteps,
  runPolicySteps,
  searchPolicy,
  stepOf,
  WELL_FORMED,
  type Variant,
} from './policies.js';

interface Wrong {
  readonly property: string;
  readonly variant: Variant;
  readonly data?: unknown;
  /** What the smallest input must show. */
  readonly shows?: (input: PolicyInput) => boolean;
}

/** Half of what the service tries: it must find each wrong policy all the more. */
const HALF = { inputs: 200 };
const READER = '"reader" in input.agent.roles';

/** One policy for each property, that keeps all others well enough to be compiled and warmed. */
const REFUSED: readonly Wrong[] = [
  {
    property: 'scopes_within_request',
    variant: { scopes: 'array.concat(input.request.scopes, ["admin:all"])' },
    shows: ({ request }) => !request.scopes.includes('admin:all'),
  },
  {
    property: 'ttl_within_caps',
    variant: { ttlSeconds: '600' },
    shows: ({ request }) => request.ttl_seconds < 600,
  },
  {
    property: 'ttl_within_caps',
    variant: { ttlSeconds: 'input.request.ttl_seconds' },
    shows: ({ resource }) => resource.max_ttl_seconds !== undefined,
  },
  {
    property: 'always_decides',
    variant: { scopes: 'concat(" ", input.request.scopes)' },
  },
  {
    property: 'always_decides',
    // A builtin of the host that throws on some inputs only: the text of a declared member is no time.
    variant: {
      when: `${READER}\n\ttime.parse_rfc3339_ns(object.get(input.request.declared, "task_id", "2025-01-01T00:00:00Z")) > 0`,
    },
    shows: ({ request }) => request.declared.task_id !== undefined,
  },
  {
    property: 'delegation_never_widens',
    variant: {
      wellFormed: WELL_FORMED.replace(
        'input.delegation == {"chain": []}',
        'is_array(input.delegation.chain)',
      ),
      when: `${READER}\n\tcount(input.delegation.chain) > 0`,
    },
  },
  { property: 'malformed_never_allowed', variant: { wellFormed: 'well_formed := true' } },
  {
    property: 'malformed_never_allowed',
    variant: { wellFormed: WELL_FORMED.replace('input.approval == null', '') },
  },
  {
    property: 'guards_fail_closed',
    // The trap of a rule that denies: it does not fire when the member is missing or of another type.
    variant: { when: `${READER}\n\tnot busy`, rules: 'busy if input.signals.requests_10m > 100' },
  },
  {
    property: 'guards_fail_closed',
    variant: {
      when: `${READER}\n\tnot closed`,
      rules: `
closed if {
	day := lower(substring(time.weekday([input.now.unix_ms * 1000000, input.resource.working_hours.timezone]), 0, 3))
	not day in {lower(substring(name, 0, 3)) | some name in input.resource.working_hours.days}
}`,
    },
  },
  {
    property: 'fewer_roles_and_grants_never_widen',
    variant: { when: `${READER}\n\tnot "suspended" in input.agent.roles` },
    shows: ({ agent }) => agent.roles.includes('suspended'),
  },
  {
    property: 'fewer_roles_and_grants_never_widen',
    variant: { when: `${READER}\n\tcount(input.agent.grants) < 2` },
    shows: ({ agent }) => agent.grants.length === 2,
  },
  {
    property: 'worse_signals_never_widen',
    // The comparison is turned round.
    variant: { when: `${READER}\n\tinput.signals.anomaly >= 0.5` },
  },
  {
    property: 'worse_signals_never_widen',
    variant: { when: `${READER}\n\tinput.signals.denials_60m > 3` },
  },
];

const WARNED: readonly Wrong[] = [
  {
    property: 'declared_grants_nothing',
    variant: { when: `${READER}\n\tinput.request.declared.task_id != ""` },
  },
  {
    property: 'fewer_scopes_never_widen',
    variant: { when: `${READER}\n\tcount(input.request.scopes) < 2` },
    shows: ({ request }) => request.scopes.length === 2,
  },
];

function inputIn(text: string): PolicyInput {
  const json = /; smallest input (\{.*\}); seed [0-9]+$/.exec(text)?.[1];
  if (json === undefined) throw new Error(`no input in: ${text}`);
  return JSON.parse(json) as PolicyInput;
}

describe('the properties of a policy', function () {
  this.timeout(700_000);
  // Making an input smaller has 0.6 s by the clock, most of which a busy machine may give to others.
  this.retries(2);

  it('hold for one that keeps them, and are really tried on it', async () => {
    const report = await admitPolicy({ rego: searchPolicy() });
    expect(report.ok, JSON.stringify(report.steps)).to.equal(true);
    const { detail, warnings = [] } = stepOf(report, 'properties');
    expect(report.tested).to.equal(true);
    expect(report.inputs?.untested).to.deep.equal([]);
    const granted = Number(/, ([0-9]+) with a grant/.exec(detail)?.[1]);
    expect(granted, detail).to.be.greaterThan(30);
    // A policy that looks at no signal has no guard that could fail.
    expect(warnings).to.deep.equal([
      'without effect, since nothing of the input that it guards restricts: guards_fail_closed',
    ]);
  });

  for (const { property, variant, shows } of REFUSED) {
    it(`${property} is violated by: ${JSON.stringify(variant)}`, async () => {
      const report = await runPolicySteps({ rego: searchPolicy(variant) }, HALF);
      expect(failedSteps(report)).to.deep.equal(['properties']);
      const { problems = [] } = stepOf(report, 'properties');
      const said = problems.find((one) => one.startsWith(`${property}: `));
      expect(said, JSON.stringify(problems)).not.to.equal(undefined);
      const input = inputIn(said ?? '');
      expect(isPromised(input)).to.equal(true);
      expect(JSON.stringify(input).length).to.be.lessThan(1000);
      expect(shows?.(input) ?? true, said).to.equal(true);
    });
  }

  for (const { property, variant, shows } of WARNED) {
    it(`${property} is only a warning: ${JSON.stringify(variant)}`, async () => {
      const report = await runPolicySteps({ rego: searchPolicy(variant) }, HALF);
      expect(report.ok, JSON.stringify(report.steps)).to.equal(true);
      const { warnings = [] } = stepOf(report, 'properties');
      const said = warnings.find((one) => one.startsWith(`${property}: `));
      expect(said, JSON.stringify(warnings)).not.to.equal(undefined);
      expect(shows?.(inputIn(said ?? '')) ?? true, said).to.equal(true);
    });
  }

  it('can be made to refuse, to warn, or not be looked for', async () => {
    const source = { rego: searchPolicy({ when: `${READER}\n\tcount(input.request.scopes) < 2` }) };
    const fewer = 'fewer_scopes_never_widen';
    const refused = await runPolicySteps(source, { ...HALF, properties: { [fewer]: 'refuse' } });
    expect(stepOf(refused, 'properties').problems?.[0]).to.match(/^fewer_scopes_never_widen: /);
    const off = await runPolicySteps(source, { ...HALF, properties: { [fewer]: 'off' } });
    expect(JSON.stringify(off)).not.to.include(fewer);
  });

  it('are judged alike each time: the inputs follow from the digest', async () => {
    const source = { rego: searchPolicy({ scopes: 'array.concat(input.request.scopes, ["x"])' }) };
    const [first, second] = [
      await runPolicySteps(source, HALF),
      await runPolicySteps(source, HALF),
    ];
    const seedOf = (text = ''): string | undefined => /seed ([0-9]+)$/.exec(text)?.[1];
    const [a, b] = [first, second].map((one) => stepOf(one, 'properties'));
    expect(seedOf(a?.detail)).to.equal(seedOf(b?.detail));
    expect(seedOf(a?.detail)).not.to.equal(undefined);
  });
});
