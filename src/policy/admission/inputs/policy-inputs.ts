import fc from 'fast-check';
import type { PolicyInput } from '../../../domain/policy.js';
import type { Risk } from '../../../domain/scope.js';
import { scopeCovers } from '../../../domain/scope.js';
import { INPUT_SCHEMA } from './input-schema.js';
import { placements } from './placements.js';
import { arbitraryOf } from './schema-arbitrary.js';
import type { Vocabulary } from './vocabulary.js';

/** Degree to which an input is consistent: requested scopes are then in the catalogue, and granted. */
interface Fit {
  readonly sameResource: boolean;
  readonly listed: boolean;
  readonly risk: Risk;
  readonly granted: boolean;
}

const FIT: fc.Arbitrary<Fit> = fc.record({
  sameResource: often(),
  listed: often(),
  risk: fc.constantFrom<Risk[]>('low', 'low', 'low', 'medium', 'medium', 'high', 'critical'),
  granted: often(),
});

/**
 * Generates inputs of the schema in the vocabulary of one policy.
 * They obey the service's rules: well-formed scopes, lifetimes of at least one second, existing time zones. Random
 * inputs would hardly ever be granted, so most are made consistent.
 */
export function policyInputs(words: Vocabulary): fc.Arbitrary<PolicyInput> {
  const loose = arbitraryOf(INPUT_SCHEMA, placements(words)) as fc.Arbitrary<PolicyInput>;
  return fc.tuple(loose, FIT).map(([input, fit]) => fitted(input, fit));
}

function fitted(input: PolicyInput, { sameResource, listed, risk, granted }: Fit): PolicyInput {
  const { request, agent, resource } = input;
  const catalogue = resource.scopes.map(({ name }) => name);
  const missing = listed ? request.scopes.filter((scope) => !catalogue.some(covers(scope))) : [];
  const entries = missing.map((name) => ({ name, risk, description: '' }));
  const grant = { resource: request.resource, scopes: request.scopes };
  return {
    ...input,
    agent: { ...agent, grants: granted ? [...agent.grants, grant] : agent.grants },
    resource: {
      ...resource,
      ...(sameResource && { id: request.resource }),
      scopes: [...resource.scopes, ...entries],
    },
  };
}

function covers(narrow: string): (wide: string) => boolean {
  return (wide) => scopeCovers(wide, narrow);
}

function often(): fc.Arbitrary<boolean> {
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 1, arbitrary: fc.constant(false) },
    { weight: 4, arbitrary: fc.constant(true) },
  );
}
