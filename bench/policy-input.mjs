// What the policy sees of a benchmark request, and its data with the request limit out of the way.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../scripts/lib/root.mjs';
import { DEMO_REGISTRY } from './built.mjs';

export const RESOURCE = 'stripe';
export const SCOPES = ['read_invoices', 'read_customers'];
/** Short, so that Redis drops what a run issued while the next one runs. */
export const TTL_SECONDS = 60;
const NEVER = 1_000_000_000;

/** The grants of the demo's agent under another id, with a budget that no load reaches. */
export function agentSpec(id) {
  const [demo] = DEMO_REGISTRY.agents;
  const rate = { per_minute: 1e6, burst: 1e6, resource_per_minute: 1e6, resource_burst: 1e6 };
  return { ...demo, id, rate };
}

/** The shipped data with `max_requests_10m` raised: a few agents make all the requests of a run. */
export function benchPolicyData() {
  const path = join(root, 'bundles', 'countersign', 'data.json');
  const data = JSON.parse(readFileSync(path, 'utf8'));
  data.countersign.config.limits.max_requests_10m = NEVER;
  return data;
}

/** As the service writes it for the load's request. */
export function policyInput(agentId) {
  const { roles, grants } = agentSpec(agentId);
  const resource = DEMO_REGISTRY.resources.find(({ id }) => id === RESOURCE);
  const { id, audiences, scopes, max_ttl_seconds } = resource;
  return {
    request: { resource: RESOURCE, scopes: SCOPES, ttl_seconds: TTL_SECONDS, declared: {} },
    agent: {
      id: agentId,
      class: 'default',
      roles,
      grants,
      labels: {},
      authentication: 'client_secret_basic',
    },
    resource: { id, audiences, scopes, max_ttl_seconds },
    signals: {
      requests_10m: 100,
      requests_2h: 100,
      denials_60m: 0,
      first_seen_scopes_60m: 2,
      first_seen_resources_60m: 1,
      first_seen_now: false,
      anomaly: 0,
      learning: false,
      terms: [],
    },
    delegation: { chain: [] },
    approval: null,
    now: { unix_ms: Date.now() },
  };
}
