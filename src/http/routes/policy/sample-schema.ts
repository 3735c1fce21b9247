import type { JsonSchema } from '../../route.js';

const INTEGER: JsonSchema = { type: 'integer' };
const SHARE: JsonSchema = { type: 'number', minimum: 0, maximum: 1 };

function closed(description: string, properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const required = Object.keys(properties);
  return { type: 'object', description, required, additionalProperties: false, properties };
}

export const FUEL = closed(
  'Fuel: version of the meter, units of one evaluation, highest use of an ordinary or recorded input.',
  { meter: INTEGER, budget: INTEGER, highest: INTEGER },
);

export const REPLAY_SAMPLE = closed(
  'Coverage of the period: a stratum has one agent, resource, scope set, outcome and set of rules.',
  {
    verdict: {
      enum: ['replayed', 'low_coverage', 'nothing_to_replay'],
      description: 'nothing_to_replay: too few replayable decisions for a coverage.',
    },
    decisions: { ...INTEGER, description: 'Decisions of the period that a policy made.' },
    replayable: { ...INTEGER, description: 'Those of them with a stored input.' },
    strata: INTEGER,
    strata_replayed: INTEGER,
    strata_without_inputs: {
      ...INTEGER,
      description: 'Strata from a time without stored inputs; not part of `strata`.',
    },
    complete: { type: 'boolean', description: 'The whole period was read.' },
    coverage: { ...SHARE, description: 'Share of strata that were replayed.' },
    min_coverage: SHARE,
    new_grants: {
      ...INTEGER,
      description: 'Decisions of the period that would get new grants, extrapolated.',
    },
    least_covered: {
      type: 'array',
      description: 'Agents with the most strata that were not replayed.',
      items: closed('An agent.', {
        agent: { type: 'string' },
        strata: INTEGER,
        not_replayed: INTEGER,
      }),
    },
  },
);
