import type { PolicyInput } from '../../domain/policy.js';

/** The input of an agent without rights or history, on Monday 2025-11-24, 09:00 UTC. */
export const NEUTRAL_INPUT: PolicyInput = {
  request: { resource: '', scopes: [], ttl_seconds: 300, declared: {} },
  agent: {
    id: 'agent',
    class: 'default',
    roles: [],
    grants: [],
    labels: {},
    authentication: 'private_key_jwt',
  },
  resource: { id: '', audiences: [], scopes: [] },
  signals: {
    requests_10m: 1,
    requests_2h: 1,
    denials_60m: 0,
    first_seen_scopes_60m: 0,
    first_seen_resources_60m: 0,
    first_seen_now: false,
    anomaly: 0,
    learning: false,
    terms: [],
  },
  delegation: { chain: [] },
  approval: null,
  now: { unix_ms: 1_763_974_800_000 },
};
