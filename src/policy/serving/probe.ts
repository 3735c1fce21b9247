import type { PolicyInput } from '../../domain/policy.js';

/** A request for nothing by an unknown agent, used to warm a bundle. Every policy can decide it. */
export const PROBE_INPUT: PolicyInput = {
  request: {
    resource: 'countersign-probe',
    scopes: ['probe:nothing'],
    ttl_seconds: 60,
    declared: {},
  },
  agent: {
    id: 'countersign-probe',
    class: 'default',
    roles: ['probe'],
    grants: [{ resource: 'countersign-probe', scopes: ['probe:*'] }],
    labels: {},
    authentication: 'none',
  },
  resource: {
    id: 'countersign-probe',
    audiences: ['https://probe.invalid/'],
    scopes: [{ name: 'probe:nothing', risk: 'low', description: 'Nothing' }],
  },
  signals: {
    requests_10m: 0,
    requests_2h: 0,
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
  now: { unix_ms: 1_700_000_000_000 },
};
