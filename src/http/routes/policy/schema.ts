import { CHANGE_KINDS, type CanaryAssignment } from '../../../domain/policy-lifecycle.js';
import type { PolicyOverview } from '../../../use-cases/policy/operations.js';
import type { JsonSchema } from '../../route.js';
import { REPLAY_SAMPLE } from './sample-schema.js';

const STRING: JsonSchema = { type: 'string' };
const INTEGER: JsonSchema = { type: 'integer' };

export const PRINCIPAL: JsonSchema = {
  type: 'object',
  required: ['kind', 'id'],
  additionalProperties: false,
  properties: { kind: STRING, id: STRING },
};

/** Schema of the counts by kind of change. */
export const CHANGES: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(CHANGE_KINDS.map((kind) => [kind, INTEGER])),
};

const TRIAL: JsonSchema = {
  type: 'object',
  description: 'Results of a bundle on trial, compared with the active bundle on identical inputs.',
  required: ['role', 'digest', 'since_ms', 'decisions', 'errors', 'denials', 'changes'],
  additionalProperties: false,
  properties: {
    role: { enum: ['shadow', 'canary'] },
    digest: STRING,
    since_ms: INTEGER,
    decisions: INTEGER,
    errors: INTEGER,
    denials: INTEGER,
    active_errors: INTEGER,
    active_denials: INTEGER,
    skipped: INTEGER,
    changes: CHANGES,
  },
};

const EXHAUSTION: JsonSchema = {
  type: 'object',
  description:
    'Evaluations of the active bundle on this node in the last minute; absent when none used up its fuel.',
  required: ['digest', 'evaluations', 'ran_out', 'agents'],
  additionalProperties: false,
  properties: {
    digest: STRING,
    evaluations: INTEGER,
    ran_out: INTEGER,
    agents: { type: 'array', items: STRING, description: 'Agents with such an evaluation.' },
  },
};

const NODE: JsonSchema = {
  type: 'object',
  required: ['node', 'seen_ms', 'ready', 'refused', 'generation', 'trials'],
  additionalProperties: false,
  properties: {
    node: STRING,
    seen_ms: INTEGER,
    ready: { type: 'array', items: STRING },
    refused: { type: 'object', additionalProperties: STRING },
    generation: {
      type: 'integer',
      description: '0: this node cannot decide and issues no tokens.',
    },
    trials: { type: 'array', items: TRIAL },
    exhaustion: EXHAUSTION,
    decided: {
      type: 'array',
      description: 'Answers by bundle and role since the start of the node.',
      items: {
        type: 'object',
        required: ['digest', 'role', 'decisions', 'errors'],
        additionalProperties: false,
        properties: {
          digest: STRING,
          role: { enum: ['active', 'canary'] },
          decisions: INTEGER,
          errors: { ...INTEGER, description: 'Evaluations without an answer.' },
        },
      },
    },
  },
};

const ASSIGNED: Readonly<Record<string, JsonSchema>> = {
  digest: STRING,
  revision: STRING,
  since_ms: INTEGER,
  by: PRINCIPAL,
  reason: STRING,
  left_by_rollback: {
    const: true,
    description: 'Set in the history when a rollback ended this assignment.',
  },
};

function assignment(more: Readonly<Record<string, JsonSchema>> = {}): JsonSchema {
  return {
    type: 'object',
    required: ['digest', 'revision', 'since_ms', 'by', ...Object.keys(more)],
    additionalProperties: false,
    properties: { ...ASSIGNED, ...more },
  };
}

export const POLICY: JsonSchema = {
  type: 'object',
  required: [
    ...['revision', 'digest', 'sequence', 'source', 'activated_at_ms', 'entrypoint'],
    ...['opa_version', 'generation', 'history', 'nodes'],
  ],
  additionalProperties: false,
  properties: {
    revision: STRING,
    digest: STRING,
    sequence: INTEGER,
    source: { type: 'string', description: 'Source of the active bundle.' },
    activated_at_ms: INTEGER,
    activated_by: PRINCIPAL,
    reason: STRING,
    entrypoint: STRING,
    opa_version: STRING,
    generation: {
      type: 'integer',
      description: 'Incremented with each change of the deciding bundles.',
    },
    highest_sequence: INTEGER,
    canary: assignment({ percent: INTEGER }),
    shadow: assignment(),
    candidate: assignment({ deadline_ms: INTEGER }),
    history: {
      type: 'array',
      items: assignment(),
      description: 'Previously active bundles, newest first.',
    },
    nodes: { type: 'array', items: NODE },
    tested: {
      type: 'boolean',
      description: 'False: the active bundle was accepted untested.',
    },
    replay: {
      ...REPLAY_SAMPLE,
      description: 'Coverage of the last sampled replay through the active bundle.',
    },
    last_refusal: {
      type: 'object',
      description: 'Why the newest bundle of the source was refused; absent when it was accepted.',
      required: ['at_ms', 'detail'],
      additionalProperties: false,
      properties: { at_ms: INTEGER, detail: STRING },
    },
  },
};

/** Removes the salt, with which an agent could compute whether the canary includes it. */
function withoutSalt({ salt: _, ...canary }: CanaryAssignment): Omit<CanaryAssignment, 'salt'> {
  return canary;
}

/** Serialises the policy overview. */
export function policyView(overview: PolicyOverview): object {
  const { active, bundle, source, generation, highest_sequence, entrypoint } = overview;
  const { shadow, candidate, history, nodes } = overview;
  const canary = overview.canary === undefined ? undefined : withoutSalt(overview.canary);
  return {
    ...{ revision: active.revision, digest: active.digest, sequence: bundle.sequence },
    source: bundle.source,
    activated_at_ms: active.since_ms,
    activated_by: active.by,
    reason: active.reason,
    opa_version: bundle.opa_version,
    ...{ entrypoint, generation, highest_sequence, canary, shadow, candidate, history, nodes },
    tested: bundle.report?.tested,
    replay: bundle.replay?.sample,
    last_refusal: source.last_refusal,
  };
}
