import type { AgentSpec, ResourceServerSpec, ResourceSpec } from '../domain/records.js';
import { compileCheck } from './compile.js';

/** Pattern of ids of agents, resources and resource servers; operators choose them. */
export const RECORD_ID_PATTERN = '^[a-z0-9][a-z0-9._-]{0,63}$';

const SEGMENT = '[A-Za-z0-9_.~@/=+-]{1,128}';
/** Pattern of a scope or scope pattern; equivalent to `isScope` of the domain (with maxLength 256). */
export const SCOPE_PATTERN = `^(?:\\*|${SEGMENT}(?::${SEGMENT}){0,3}(?::\\*)?)$`;

const recordId = { type: 'string', pattern: RECORD_ID_PATTERN } as const;
const scope = { type: 'string', maxLength: 256, pattern: SCOPE_PATTERN } as const;
const description = { type: 'string', maxLength: 1024 } as const;
const ttlSeconds = { type: 'integer', minimum: 1, maximum: 86_400 } as const;
const perMinute = { type: 'integer', minimum: 1, maximum: 1_000_000 } as const;
const base64url = (maxLength: number): object => ({
  type: 'string',
  pattern: '^[A-Za-z0-9_-]+$',
  maxLength,
});

const labels = {
  description: 'Labels for policies and operators; the service does not interpret them.',
  type: 'object',
  maxProperties: 64,
  propertyNames: {
    pattern: '^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$',
    not: { enum: ['constructor', 'prototype'] },
  },
  additionalProperties: { type: 'string', maxLength: 256 },
} as const;

/** Required and forbidden members of each key type (RFC 7518 section 6, RFC 8037). */
const keyTypes = [
  { kty: 'EC', required: ['crv', 'x', 'y'], never: ['n', 'e'], crv: ['P-256', 'P-384'] },
  { kty: 'RSA', required: ['n', 'e'], never: ['crv', 'x', 'y'], crv: [] },
  { kty: 'OKP', required: ['crv', 'x'], never: ['y', 'n', 'e'], crv: ['Ed25519'] },
].map(({ kty, required, never, crv }) => ({
  if: { type: 'object', properties: { kty: { const: kty } } },
  then: {
    type: 'object',
    required,
    properties: {
      ...Object.fromEntries(never.map((name) => [name, false])),
      ...(crv.length === 0 ? {} : { crv: { enum: crv } }),
    },
  },
}));

/** A public JWK (RFC 7517). Closed, so that private members (`d p q dp dq qi oth k`) are refused. */
export const publicJwkSchema = {
  type: 'object',
  required: ['kty'],
  additionalProperties: false,
  properties: {
    kty: { enum: ['EC', 'RSA', 'OKP'] },
    kid: { type: 'string', minLength: 1, maxLength: 128, pattern: '^[\\x21-\\x7e]+$' },
    use: { const: 'sig' },
    alg: { enum: ['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'] },
    key_ops: { type: 'array', items: { const: 'verify' }, maxItems: 1 },
    crv: { type: 'string' },
    x: base64url(128),
    y: base64url(128),
    n: base64url(1366),
    e: base64url(8),
  },
  allOf: keyTypes,
} as const;

const grant = {
  type: 'object',
  required: ['resource', 'scopes'],
  additionalProperties: false,
  properties: {
    resource: {
      description: 'Id of a registered resource, or * for every resource.',
      anyOf: [recordId, { const: '*' }],
    },
    scopes: { type: 'array', items: scope, minItems: 1, maxItems: 500, uniqueItems: true },
    max_ttl_seconds: ttlSeconds,
  },
} as const;

/** The schema of an agent's specification. */
export const agentSpecSchema = {
  title: 'Agent',
  type: 'object',
  required: ['id'],
  additionalProperties: false,
  properties: {
    id: recordId,
    description,
    owner: { type: 'string', maxLength: 256 },
    class: {
      ...recordId,
      description: 'Class of the agent; the policy may set thresholds by class.',
    },
    roles: { type: 'array', items: recordId, maxItems: 64, uniqueItems: true },
    grants: { type: 'array', items: grant, maxItems: 200 },
    rate: {
      description: 'Request budget; an absent member has its default.',
      type: 'object',
      additionalProperties: false,
      properties: {
        per_minute: perMinute,
        burst: perMinute,
        resource_per_minute: perMinute,
        resource_burst: perMinute,
      },
    },
    jwks: {
      description: 'Public keys for private_key_jwt.',
      type: 'object',
      required: ['keys'],
      additionalProperties: false,
      properties: { keys: { type: 'array', items: publicJwkSchema, minItems: 1, maxItems: 8 } },
    },
    labels,
  },
} as const;

const catalogueScope = {
  type: 'object',
  required: ['name', 'risk', 'description'],
  additionalProperties: false,
  properties: {
    name: scope,
    risk: { enum: ['low', 'medium', 'high', 'critical'] },
    description,
    honey: {
      description: 'Honey scope: no agent needs it, and a request for it raises an alarm.',
      type: 'boolean',
    },
    review: { description: 'A person must approve a request for it.', type: 'boolean' },
    max_ttl_seconds: ttlSeconds,
  },
} as const;

const timeOfDay = { type: 'string', pattern: '^(?:[01][0-9]|2[0-3]):[0-5][0-9]$' } as const;

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

const workingHours = {
  description: 'Days and local hours in which requests are granted, in a named time zone.',
  type: 'object',
  required: ['timezone', 'days', 'start', 'end'],
  additionalProperties: false,
  properties: {
    timezone: {
      description: 'A name of the IANA time zone database.',
      type: 'string',
      maxLength: 64,
      pattern: '^[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}$',
    },
    days: {
      type: 'array',
      items: { enum: DAYS.flatMap((day) => [day, day.slice(0, 3)]) },
      minItems: 1,
      maxItems: 7,
      uniqueItems: true,
    },
    start: timeOfDay,
    end: { type: 'string', pattern: '^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$' },
  },
} as const;

/** The schema of a catalogue resource's specification. */
export const resourceSpecSchema = {
  title: 'Resource',
  type: 'object',
  required: ['id', 'audiences', 'scopes'],
  additionalProperties: false,
  properties: {
    id: recordId,
    description,
    audiences: {
      description: 'Absolute URIs without fragment; the first is the aud of tokens.',
      type: 'array',
      items: {
        type: 'string',
        format: 'uri',
        maxLength: 512,
        pattern: '^[A-Za-z][A-Za-z0-9+.-]*:[\\x21\\x22\\x24-\\x7e]+$',
      },
      minItems: 1,
      maxItems: 8,
    },
    scopes: { type: 'array', items: catalogueScope, minItems: 1, maxItems: 500 },
    max_ttl_seconds: ttlSeconds,
    requires: {
      description: 'Members that an agent must declare.',
      type: 'array',
      items: { enum: ['session', 'task', 'user', 'reason'] },
      maxItems: 4,
      uniqueItems: true,
    },
    working_hours: workingHours,
    labels,
  },
} as const;

/** The schema of a resource server's specification (a target API that may introspect). */
export const resourceServerSpecSchema = {
  title: 'ResourceServer',
  type: 'object',
  required: ['id', 'resources'],
  additionalProperties: false,
  properties: {
    id: recordId,
    description,
    resources: { type: 'array', items: recordId, minItems: 1, maxItems: 500, uniqueItems: true },
  },
} as const;

/** Checks the shape only; the registry checks all rules that a schema cannot express. */
export const checkAgentShape = compileCheck<AgentSpec>(agentSpecSchema);
export const checkResourceShape = compileCheck<ResourceSpec>(resourceSpecSchema);
export const checkResourceServerShape = compileCheck<ResourceServerSpec>(resourceServerSpecSchema);
