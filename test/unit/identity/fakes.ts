import { createHash } from 'node:crypto';
import type { Clock } from '../../../src/domain/clock.js';
import { CountersignError } from '../../../src/domain/errors.js';
import type { AgentRecord, ResourceServerRecord } from '../../../src/domain/records.js';
import type { ClientEndpoint, CredentialOrigin } from '../../../src/domain/request.js';
import { createAuthenticator } from '../../../src/identity/authenticator.js';
import { createFailureLimiter } from '../../../src/identity/failure-limiter.js';
import { createProofLane } from '../../../src/identity/lane.js';
import type { AuthenticatorDeps, CredentialSource } from '../../../src/identity/ports.js';

export const GOOD = 'csk_good';
export const OTHER = 'csk_other';
export const WRONG = 'csk_wrong';

export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export function agent(id: string, change: Partial<AgentRecord> = {}): AgentRecord {
  return {
    spec: { id },
    secrets: [{ id: 'sec_1', sha256: digestOf(GOOD), created_at_ms: 0 }],
    source: 'api',
    config_digest: '',
    created_at_ms: 0,
    updated_at_ms: 0,
    status: 'active',
    version: 1,
    ...change,
  };
}

export function server(
  id: string,
  change: Partial<ResourceServerRecord> = {},
): ResourceServerRecord {
  return {
    spec: { id, resources: ['stripe'] },
    secrets: [{ id: 'sec_1', sha256: digestOf(GOOD), created_at_ms: 0 }],
    source: 'api',
    config_digest: '',
    updated_at_ms: 0,
    version: 1,
    deleted: false,
    disabled: false,
    ...change,
  };
}

/** Records by id, of which each write has a new version. */
class Versions<R extends { readonly version: number }> extends Map<string, R> {
  override set(id: string, record: R): this {
    const before = this.get(id)?.version ?? 0;
    return super.set(id, { ...record, version: Math.max(record.version, before + 1) });
  }
}

/** A store with a cache in front that only a read renews; counts reads. */
export class FakeSource<R extends { readonly version: number }> implements CredentialSource<R> {
  readonly stored: Map<string, R> = new Versions<R>();
  readonly cached = new Map<string, { turn: number; record: R }>();
  reads = 0;
  #turns = 0;

  turn(): number {
    return ++this.#turns;
  }

  peek(id: string): R | undefined {
    return this.cached.get(id)?.record;
  }

  find(id: string): Promise<R | undefined> {
    const entry = this.cached.get(id);
    return entry === undefined ? this.#read(id) : Promise.resolve(entry.record);
  }

  readSince(id: string, turn: number): Promise<R | undefined> {
    const entry = this.cached.get(id);
    return entry !== undefined && entry.turn > turn
      ? Promise.resolve(entry.record)
      : this.#read(id);
  }

  #read(id: string): Promise<R | undefined> {
    this.reads++;
    const record = this.stored.get(id);
    if (record !== undefined) this.cached.set(id, { turn: this.turn(), record });
    return Promise.resolve(record);
  }
}

/** An authenticator over fakes; `work` counts digest comparisons, verifications and consumed assertions. */
export function workbench(change: Partial<AuthenticatorDeps> = {}) {
  const agents = new FakeSource<AgentRecord>();
  const resourceServers = new FakeSource<ResourceServerRecord>();
  const time = { ms: 1_000_000 };
  const clock: Clock = { nowMs: () => time.ms };
  const work = { comparisons: 0, verifications: 0, consumed: [] as string[] };
  const deps: AuthenticatorDeps = {
    agents,
    resourceServers,
    clock,
    failures: createFailureLimiter({ clock }),
    lane: createProofLane({ clock }),
    replayGuard: {
      consume: (_agentId, jti) => {
        const fresh = !work.consumed.includes(jti);
        if (fresh) work.consumed.push(jti);
        return Promise.resolve(fresh);
      },
    },
    verifyAssertion: () => {
      work.verifications++;
      return undefined;
    },
    isWellFormedSecret: (text) => text.startsWith('csk_'),
    assertionAudience: 'https://issuer.example',
    assertionMaxAgeSeconds: 300,
    compareDigests: (left, right) => {
      work.comparisons++;
      return Buffer.from(left).equals(right);
    },
    ...change,
  };
  return { agents, resourceServers, time, work, authenticator: createAuthenticator(deps) };
}

/** Where a credential comes from, with all the time there is. */
export function from(source: string, endpoint: ClientEndpoint = 'token'): CredentialOrigin {
  return { source, endpoint, deadlineMs: Number.MAX_SAFE_INTEGER };
}

export function secret(clientId: string, text: string) {
  return { method: 'client_secret_basic', clientId, secret: text } as const;
}

/** What an authentication is refused with; fails when it is not. */
export async function refusal(attempt: Promise<unknown>): Promise<CountersignError> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof CountersignError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

/** An unsigned JWT with one claim. */
export function assertionFor(sub: unknown): string {
  const payload = Buffer.from(JSON.stringify({ sub })).toString('base64url');
  return `eyJhbGciOiJFUzI1NiJ9.${payload}.c2ln`;
}
