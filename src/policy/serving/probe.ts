import type { PolicyInput } from '../../domain/policy.js';
import { NEUTRAL_INPUT } from './neutral-input.js';

/** A request for nothing by an unknown agent, used to warm a bundle. Every policy can decide it. */
export const PROBE_INPUT: PolicyInput = {
  ...NEUTRAL_INPUT,
  request: {
    resource: 'countersign-probe',
    scopes: ['probe:nothing'],
    ttl_seconds: 60,
    declared: {},
  },
  agent: {
    ...NEUTRAL_INPUT.agent,
    id: 'countersign-probe',
    roles: ['probe'],
    grants: [{ resource: 'countersign-probe', scopes: ['probe:*'] }],
    authentication: 'none',
  },
  resource: {
    id: 'countersign-probe',
    audiences: ['https://probe.invalid/'],
    scopes: [{ name: 'probe:nothing', risk: 'low', description: 'Nothing' }],
  },
  signals: { ...NEUTRAL_INPUT.signals, requests_10m: 0, requests_2h: 0 },
  now: { unix_ms: 1_700_000_000_000 },
};
