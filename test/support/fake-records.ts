import type { AccessGranted } from '../../src/use-cases/operations.js';
import type { CreatedSecret } from '../../src/use-cases/admin/context.js';
import type {
  AgentRecord,
  ResourceRecord,
  ResourceServerRecord,
} from '../../src/domain/records.js';
import type { KeyRecord, TokenClaims } from '../../src/domain/token.js';

export const GRANTED: AccessGranted = {
  token: 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln',
  scopes: ['read_invoices', 'read_customers'],
  narrowed: false,
  removed: [],
  ttlSeconds: 300,
  resource: 'stripe',
  grantId: 'grt_17_00000000000000000000000000',
  decisionId: 'dec_17_00000000000000000000000000',
  rate: {
    limited: false,
    bucket: 'agent',
    perMinute: 300,
    limit: 60,
    remaining: 59,
    retryAfterMs: 0,
    resetMs: 1_000,
  },
};

export const CLAIMS: TokenClaims = {
  iss: 'http://127.0.0.1:8484',
  aud: 'https://api.stripe.com',
  sub: 'demo-agent',
  client_id: 'demo-agent',
  iat: 1_700_000_000,
  exp: 1_700_000_300,
  jti: 'jti_17_00000000000000000000000000',
  scope: 'read_invoices',
  grant_id: GRANTED.grantId,
  decision_id: GRANTED.decisionId,
  session_id: 's1',
  policy_revision: 'rev-1',
  input_digest: 'sha256:00',
};

export const AGENT: AgentRecord = {
  spec: { id: 'demo-agent', roles: ['finance'], grants: [{ resource: 'stripe', scopes: ['*'] }] },
  secrets: [{ id: 'sec_1', sha256: 'ab'.repeat(32), created_at_ms: 1 }],
  source: 'api',
  config_digest: '',
  created_at_ms: 1,
  updated_at_ms: 2,
  status: 'active',
  version: 3,
};

export const RESOURCE: ResourceRecord = {
  spec: {
    id: 'stripe',
    audiences: ['https://api.stripe.com'],
    scopes: [{ name: 'read_invoices', risk: 'low', description: 'Read invoices' }],
  },
  source: 'config',
  config_digest: 'd',
  version: 1,
  deleted: false,
  updated_at_ms: 2,
};

export const RESOURCE_SERVER: ResourceServerRecord = {
  spec: { id: 'stripe-api', resources: ['stripe'] },
  secrets: [{ id: 'sec_2', sha256: 'cd'.repeat(32), created_at_ms: 1 }],
  disabled: false,
  source: 'api',
  config_digest: '',
  version: 1,
  deleted: false,
  updated_at_ms: 2,
};

export const KEY: KeyRecord = {
  kid: 'key_1',
  alg: 'ES256',
  state: 'active',
  public_jwk: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid: 'key_1' },
  sealed_private_key: 'SEALED',
  published_at_ms: 1,
  activated_at_ms: 2,
};

export const SECRET: CreatedSecret = { id: 'sec_9', secret: `csk_${'a'.repeat(49)}` };
