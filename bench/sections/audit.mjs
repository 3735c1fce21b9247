// Bytes that a million events take in the audit store, by kind.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { builtAuditStore } from '../built.mjs';
import { policyInput } from '../policy-input.mjs';
import { round } from '../redis.mjs';

const EVENTS = 50_000;
const QUICK_EVENTS = 2_000;
const BATCH = 500;
const MILLION = 1_000_000;

/** Fills one store with each kind of event and reads the file. */
export async function measureAuditStore({ options, folder, say }) {
  const openAuditStore = await builtAuditStore();
  const events = options.quick ? QUICK_EVENTS : EVENTS;
  const gb_per_million = {};
  for (const [kind, make] of Object.entries(KINDS)) {
    const path = join(folder, `audit-${kind}.db`);
    const store = openAuditStore(path);
    for (let from = 0; from < events; from += BATCH) append(store, from, make);
    store.close();
    const bytes = statSync(path).size + sizeOf(`${path}-wal`);
    gb_per_million[kind] = round((bytes / events) * (MILLION / 1e9), 2);
    say(`audit: ${kind} ${gb_per_million[kind]} GB a million`);
  }
  return { events, gb_per_million };
}

function sizeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function append(store, from, make) {
  const entries = Array.from({ length: BATCH }, (_, i) => {
    const seq = from + i + 1;
    const tickMs = 1_800_000_000_000 + seq;
    return { streamId: `${tickMs}-${seq}`, epoch: 'e', seq, tickMs, events: [make(seq, tickMs)] };
  });
  const last = entries.at(-1);
  const cursor = store.cursor(0);
  store.appendBatch(0, cursor, entries, { epoch: 'e', streamId: last.streamId });
}

const id = (kind, seq) => `${kind}_0_${String(seq).padStart(26, '0')}`;
const asked = (seq) => ({
  request_id: `req_${String(seq).padStart(26, '0')}`,
  principal: { kind: 'agent', id: `agent-${seq % 1000}` },
  agent_id: `agent-${seq % 1000}`,
  session_id: `session-${seq % 5000}`,
  task_id: `task-${seq % 9000}`,
  resource: 'stripe',
  scopes_requested: ['read_invoices', 'read_customers'],
  decision_id: id('dec', seq),
  authentication: 'client_secret_basic',
  client: 'a'.repeat(16),
  anomaly: 0.1234,
});
const decided = {
  rules: ['countersign.grants'],
  codes: ['granted'],
  policy_revision: 'demo-2026-11-01',
  input_digest: `sha256:${'a'.repeat(64)}`,
  detail: { evaluation_micros: 150 },
};
const granted = (seq, tickMs) => ({
  type: 'access.granted',
  ...asked(seq),
  ...decided,
  effect: 'allow',
  scopes_granted: ['read_invoices', 'read_customers'],
  ttl_seconds_granted: 300,
  expires_at_ms: tickMs + 300_000,
  grant_id: id('grt', seq),
  jti: id('jti', seq),
  kid: `key_${'0'.repeat(26)}`,
});
const KINDS = {
  granted_with_input: (seq, tickMs) => ({
    ...granted(seq, tickMs),
    policy_input: policyInput(`agent-${seq % 1000}`),
  }),
  granted: granted,
  denied: (seq) => ({ type: 'access.denied', ...asked(seq), ...decided, effect: 'deny' }),
  introspected: (seq, tickMs) => ({
    type: 'token.introspected',
    principal: { kind: 'resource_server', id: 'stripe-api' },
    agent_id: `agent-${seq % 1000}`,
    resource: 'stripe',
    grant_id: id('grt', seq),
    jti: id('jti', seq),
    detail: { active: 3, inactive: 0, last_at_ms: tickMs, resource_server: 'stripe-api' },
  }),
  counted_refusals: (seq, tickMs) => ({
    type: 'access.rate_limited',
    ...asked(seq),
    effect: 'deny',
    codes: ['agent_rate'],
    bucket: 'agent',
    count: 500,
    first_at_ms: tickMs - 50_000,
    last_at_ms: tickMs,
  }),
};
