import { createHash } from 'node:crypto';
import { createRevocationOperations } from '../../src/use-cases/admin/revocations.js';
import { createResourceOperations } from '../../src/use-cases/admin/resources.js';
import { applyRegistry } from '../../src/use-cases/admin/apply-registry.js';
import { introspect, type IntrospectDeps } from '../../src/use-cases/introspection/introspect.js';
import { newShardedId } from '../../src/domain/ids.js';
import type { ResourceSpec } from '../../src/domain/records.js';
import type { TokenClaims } from '../../src/domain/token.js';
import { createCatalogueStore } from '../../src/redis/stores/catalogue-store.js';
import { createGrantCommitter } from '../../src/redis/stores/grant-committer.js';
import { createIntrospectionStore } from '../../src/redis/stores/introspection-store.js';
import { createRevocationStore } from '../../src/redis/stores/revocation-store.js';
import { createSignalGatherer } from '../../src/redis/stores/signal-gatherer.js';
import { createCatalogue } from '../../src/registry/catalogue.js';
import { makeAgent, type TestStore } from './store.js';
import { tokenClaims } from './tokens.js';

const WIDE = { per_minute: 1e6, burst: 1e6, resource_per_minute: 1e6, resource_burst: 1e6 };
const ADMIN = { requestId: 'req_1', principal: { kind: 'admin', id: 'root' } } as const;

/** `done` when the service took a change of the registry or a revocation, else the code it was refused with. */
export type Outcome = string;

/** The registry, issue, revocation and introspection on real Redis, without policy and keys. */
export interface AudienceSubject {
  put(id: string, audiences: readonly string[]): Promise<Outcome>;
  remove(id: string): Promise<Outcome>;
  apply(
    revision: number,
    file: readonly (readonly [string, readonly string[]])[],
  ): Promise<Outcome>;
  revoke(value: string): Promise<Outcome>;
  /** Undefined when nothing is named so. */
  issue(name: string): Promise<{ readonly token: string; readonly aud: string } | undefined>;
  isActive(token: string, holds: readonly string[]): Promise<boolean>;
}

export function specOf(id: string, audiences: readonly string[]): ResourceSpec {
  return { id, audiences, scopes: [{ name: 'read', risk: 'low', description: 'Read' }] };
}

/** Makes the parts over a store; issue and introspection have a catalogue each, as two processes would. */
export async function audienceSubject(store: TestStore): Promise<AudienceSubject> {
  const { context } = store;
  const catalogueStore = createCatalogueStore(context, () => Promise.resolve(3_600_000));
  const clock = { nowMs: () => Date.now() };
  const resources = createResourceOperations({ store: catalogueStore, check: () => [], clock });
  const revocations = createRevocationOperations({
    store: createRevocationStore(context),
    verify: () => Promise.resolve(undefined),
    shards: context.shards,
    agents: { read: () => Promise.resolve(undefined) },
    catalogue: catalogueStore,
    revokeKey: () => Promise.reject(new Error('not here')),
    onRevocation: () => undefined,
    hasRevision: () => Promise.resolve(true),
  });
  const { issue, claimsOf } = await issuer(store, catalogueStore);
  let applied = '';
  return {
    put: (id, audiences) =>
      outcomeOf(async () => {
        const before = await catalogueStore.readResource(id);
        const version = before === undefined || before.deleted ? 0 : before.version;
        await resources.put(specOf(id, audiences), version, ADMIN);
      }),
    remove: (id) => outcomeOf(() => resources.remove(id, ADMIN)),
    apply: (revision, file) =>
      outcomeOf(() =>
        applyRegistry(
          {
            agents: undefined as never,
            catalogue: catalogueStore,
            readRevision: () => Promise.resolve(applied),
            writeRevision: (text) => Promise.resolve(void (applied = text)),
            clock,
            warn: () => undefined,
          },
          {
            revision,
            agents: [],
            resources: file.map(([id, audiences]) => specOf(id, audiences)),
            resource_servers: [],
          },
        ),
      ),
    revoke: (value) =>
      outcomeOf(() =>
        revocations.revoke(
          { by: 'resource', value, reason: 'test', denyUntilLifted: false },
          ADMIN,
        ),
      ),
    issue,
    isActive: introspector(store, catalogueStore, claimsOf),
  };
}

async function issuer(store: TestStore, catalogueStore: ReturnType<typeof createCatalogueStore>) {
  const { context } = store;
  const { agent, shard } = await makeAgent(store, 'asker');
  const catalogue = createCatalogue(catalogueStore);
  const gatherer = createSignalGatherer(context, () => WIDE);
  const committer = createGrantCommitter(context, 30_000);
  const known = new Map<string, TokenClaims>();
  const issue = async (name: string): Promise<{ token: string; aud: string } | undefined> => {
    for (let round = 0; round < 5; round++) {
      const generation = catalogue.generation();
      const resource = await catalogue.resource(name);
      const gathered = await gatherer.gather({
        agent,
        resource: resource?.spec.id ?? 'none',
        scopes: ['read'],
        honeyScopes: 0,
        count: true,
      });
      if (gathered.state !== 'gathered') throw new Error(gathered.state);
      catalogue.observe(gathered.generations.registry);
      if (gathered.generations.registry !== generation) continue;
      if (resource === undefined) return undefined;
      const claims = tokenClaims({
        sub: agent.spec.id,
        aud: resource.spec.audiences[0] ?? resource.spec.id,
        exp: Math.floor(gathered.tickMs / 1000) + 300,
        jti: newShardedId('jti', shard),
        grant_id: newShardedId('grt', shard),
      });
      const token = claims.jti;
      const committed = await committer.commit({
        agent,
        epoch: gathered.epoch,
        basis: gathered.basis,
        generations: gathered.generations,
        claims,
        signed: { token, sha256: sha256Of(token), kid: 'k1' },
        resource: resource.spec.id,
        event: { type: 'access.granted', principal: { kind: 'system', id: 'test' } },
        inputText: undefined,
      });
      if (committed.state !== 'committed') throw new Error(committed.state);
      known.set(token, claims);
      return { token, aud: claims.aud };
    }
    throw new Error('the registry kept moving');
  };
  return { issue, claimsOf: (token: string) => known.get(token) };
}

function introspector(
  { context }: TestStore,
  catalogueStore: ReturnType<typeof createCatalogueStore>,
  claimsOf: (token: string) => TokenClaims | undefined,
): AudienceSubject['isActive'] {
  const catalogue = createCatalogue(catalogueStore);
  const check = createIntrospectionStore(context);
  return async (token, holds) => {
    const deps = {
      authenticator: {
        authenticateResourceServer: () => Promise.resolve({ spec: { id: 'rs', resources: holds } }),
      },
      catalogue,
      verifier: {
        generation: () => 0,
        verify: () => ({ claims: claimsOf(token), sha256: sha256Of(token) }),
      },
      signer: { sync: () => Promise.resolve() },
      store: check,
      uses: { count: () => undefined },
      misuses: { count: () => undefined },
      timer: () => undefined,
      onVerdict: () => undefined,
    } as unknown as IntrospectDeps;
    return (await introspect(deps, token, {} as never, {} as never)).active;
  };
}

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

async function outcomeOf(change: () => Promise<unknown>): Promise<Outcome> {
  try {
    await change();
    return 'done';
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === undefined) throw error;
    return code;
  }
}
