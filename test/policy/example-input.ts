import fc from 'fast-check';
import type { PolicyInput } from '../../src/domain/policy.js';
import type { PolicyCase } from '../../src/policy/author/cases.js';
import { checkInput } from '../../src/policy/author/case-file.js';

const cap = fc.constantFrom(1, 29, 30, 61, 120, 301, 3600);
const absent = { nil: undefined };
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

type Catalogue = PolicyInput['resource']['scopes'];
type Grants = PolicyInput['agent']['grants'];

/** Changes what is said of some catalogue entries. */
function marked(catalogue: Catalogue): fc.Arbitrary<Catalogue> {
  const mark = fc.record(
    { honey: fc.boolean(), review: fc.boolean(), max_ttl_seconds: cap },
    { requiredKeys: [] },
  );
  const marks = fc.array(maybe(mark), {
    minLength: catalogue.length,
    maxLength: catalogue.length,
  });
  return marks.map((all) => catalogue.map((entry, i) => ({ ...entry, ...all[i] })));
}

/** The grants there are, some twice with another lifetime, some on another resource. */
function varied(grants: Grants): fc.Arbitrary<Grants> {
  const one = fc.record({
    grant: fc.constantFrom(...grants),
    seconds: fc.option(cap, absent),
    resource: maybe(fc.constantFrom('*', 'elsewhere')),
  });
  return fc.array(one, { minLength: 1, maxLength: 3 }).map((all) =>
    all.map(({ grant, seconds, resource }) => ({
      ...grant,
      ...(seconds === undefined ? {} : { max_ttl_seconds: seconds }),
      ...(resource === undefined ? {} : { resource }),
    })),
  );
}

/** One input of the cases; each effect that they expect is as frequent as the others. */
function ofEachEffect(
  cases: readonly PolicyCase[],
  inputs: readonly PolicyInput[],
): fc.Arbitrary<PolicyInput> {
  const groups = new Map<unknown, PolicyInput[]>();
  for (const { input, expect } of cases) {
    if (!inputs.includes(input)) continue;
    groups.set(expect.effect, [...(groups.get(expect.effect) ?? []), input]);
  }
  return fc.oneof(...[...groups.values()].map((group) => fc.constantFrom(...group)));
}

/**
 * Inputs made from the cases of a policy: parts of one case, half of them as they are, with scopes, roles, labels,
 * tasks, signals and times of the others, so that what is asked and what the rules know often meet. They match `rego/schemas/input.json`.
 */
export function arbitraryExampleInput(cases: readonly PolicyCase[]): fc.Arbitrary<PolicyInput> {
  const inputs = cases.map(({ input }) => input).filter((input) => checkInput(input).ok);
  const among = <T>(part: (input: PolicyInput) => T): fc.Arbitrary<T> =>
    fc.constantFrom(...inputs.map(part));
  const roles = [...new Set(inputs.flatMap(({ agent }) => agent.roles))];
  const whole = ofEachEffect(cases, inputs).chain((from) => {
    const { id } = from.resource;
    const known = inputs.filter(({ resource }) => resource.id === id);
    const scopes = [...new Set(known.flatMap(({ request }) => request.scopes))];
    return fc.record({
      from: fc.constant(from),
      scopes: fc.oneof(
        fc.constant(from.request.scopes),
        fc.uniqueArray(fc.constantFrom(...scopes), { minLength: 1, maxLength: 4 }),
      ),
      catalogue: fc.oneof(
        { weight: 2, arbitrary: fc.constant(from.resource.scopes) },
        { weight: 2, arbitrary: marked(from.resource.scopes) },
        // A review is rare: it takes that nothing is left of what was asked but what wants one.
        {
          weight: 1,
          arbitrary: fc.constant(from.resource.scopes.map((entry) => ({ ...entry, review: true }))),
        },
      ),
      grants: fc.oneof(fc.constant(from.agent.grants), varied(from.agent.grants)),
      resourceCap: maybe(cap),
    });
  });
  return fc
    .record({
      whole,
      ttl: fc.constantFrom(1, 30, 60, 300, 3600),
      roles: fc.option(fc.uniqueArray(fc.constantFrom(...roles), { maxLength: 3 }), absent),
      labels: maybe(among(({ agent }) => agent.labels)),
      declared: maybe(among(({ request }) => request.declared)),
      signals: fc.option(
        among(({ signals }) => signals),
        absent,
      ),
      now: maybe(among(({ now }) => now)),
    })
    .map(({ whole: { from, ...parts }, ...other }) => ({
      ...from,
      request: {
        ...from.request,
        scopes: parts.scopes,
        ttl_seconds: other.ttl,
        declared: other.declared ?? from.request.declared,
      },
      agent: {
        ...from.agent,
        grants: parts.grants,
        roles: other.roles ?? from.agent.roles,
        labels: other.labels ?? from.agent.labels,
      },
      resource: {
        ...from.resource,
        scopes: parts.catalogue,
        ...(parts.resourceCap === undefined ? {} : { max_ttl_seconds: parts.resourceCap }),
      },
      signals: other.signals ?? from.signals,
      now: other.now ?? from.now,
    }));
}
