import type { Config } from '../config/config.js';
import { authorize } from '../use-cases/token/authorize.js';
import { type AuthorizeDeps } from '../use-cases/token/attempt.js';
import { introspect, type IntrospectDeps } from '../use-cases/introspection/introspect.js';
import { createAgentOperations } from '../use-cases/admin/agents.js';
import { createKeyOperations } from '../use-cases/admin/keys.js';
import { createStoreOperations } from '../use-cases/admin/store-clock.js';
import { createQuarantine } from '../use-cases/admin/quarantine.js';
import { createResourceServerOperations } from '../use-cases/admin/resource-servers.js';
import { createResourceOperations } from '../use-cases/admin/resources.js';
import { createRevocationOperations } from '../use-cases/admin/revocations.js';
import type { SpecCheck } from '../use-cases/admin/secrets.js';
import type { AdminOperations, PublicOperations } from '../use-cases/operations.js';
import { createSignalWatch } from '../use-cases/token/signal-watch.js';
import { createRefusalSampler } from '../use-cases/token/refusal-sample.js';
import {
  revokeToken,
  verifyWithNewestKeys,
  type RevokeTokenDeps,
} from '../use-cases/token/revoke-token.js';
import { systemClock } from '../domain/clock.js';
import { unavailable } from '../domain/errors.js';
import { checkAgentSpec, checkResourceServerSpec, checkResourceSpec } from '../registry/check.js';
import { mintSecret } from '../registry/secret.js';
import type { Check } from '../schema/compile.js';
import { clampDecision } from '../policy/serving/clamp.js';
import { requestKeyRotation, revokeSigningKey } from '../token/change-keyring.js';
import type { Metrics } from '../telemetry/metrics.js';
import { createEvaluateAccess } from './evaluation.js';
import type { HighWater } from './storage.js';
import type { PolicyPart } from './policy/part.js';
import type { Parts } from './parts.js';

/** Creates the use cases of the public and sidecar listeners. */
export function createPublicOperations(
  config: Config,
  parts: Parts,
  policy: PolicyPart,
  highWater: HighWater,
  metrics: Metrics,
): PublicOperations {
  const timer = (stage: Parameters<AuthorizeDeps['timer']>[0], durationMs: number): void => {
    metrics.stage.observe({ stage }, durationMs / 1000);
  };
  const authorizeDeps = authorizeDepsOf(config, parts, policy, metrics, timer);
  const sample = createRefusalSampler({ ...parts, clock: systemClock });
  const introspectDeps: IntrospectDeps = {
    ...parts,
    store: parts.introspection,
    timer,
    onVerdict: (verdict) => {
      metrics.introspections.inc({ verdict });
    },
  };
  const revokeDeps: RevokeTokenDeps = {
    ...parts,
    store: parts.introspection,
    onRevocation: (by) => {
      metrics.revocations.inc({ by });
    },
  };
  return {
    async authorize(request, credential, context) {
      if (highWater.full) throw unavailable('the store is past its high-water mark');
      try {
        return await authorize(authorizeDeps, request, credential, context);
      } catch (error) {
        // Not awaited: the time of a refusal must not reveal whether the client is registered.
        void sample(error, credential, context);
        throw error;
      }
    },
    introspect: (token, credential, context) =>
      introspect(introspectDeps, token, credential, context),
    revokeToken: (token, credential, context) =>
      revokeToken(revokeDeps, token, credential, context),
    evaluateAccess: createEvaluateAccess(authorizeDeps, parts, highWater),
  };
}

function authorizeDepsOf(
  config: Config,
  parts: Parts,
  policy: PolicyPart,
  metrics: Metrics,
  timer: AuthorizeDeps['timer'],
): AuthorizeDeps {
  const quarantine = createQuarantine(agentDeps(parts));
  return {
    ...parts,
    policy: policy.decisionPoint,
    clamp: clampDecision,
    quarantine: async (...asked) => {
      const done = await quarantine(...asked);
      if (done) metrics.quarantines.inc();
      return done;
    },
    clock: systemClock,
    timer,
    onGathered: createSignalWatch({ metrics, log: parts.log, clock: systemClock }),
    onDecision: (effect) => {
      metrics.decisions.inc({ effect });
    },
    onLimited: (bucket) => {
      metrics.rateLimited.inc({ bucket });
    },
    costs: () => parts.liveLimits.costs(),
    issuer: config.issuer,
    shards: config.redis.shards,
    defaultTtlSeconds: config.tokens.defaultTtlSeconds,
    maxTtlSeconds: config.tokens.maxTtlSeconds,
  };
}

/** Creates the use cases of the admin listener. */
export function createAdminOperations(
  config: Config,
  parts: Parts,
  policy: PolicyPart,
  metrics: Metrics,
  more: Pick<
    AdminOperations,
    'status' | 'analysis' | 'data' | 'signals' | 'limits' | 'policyAuthor'
  >,
): AdminOperations {
  const keys = createKeyOperations({
    keyring: parts.keyringStore,
    revocations: parts.revocations,
    requestRotation: ({ principal, requestId }) =>
      requestKeyRotation(parts.keyringStore, { principal, requestId }),
    revokeInKeyring: (kid, { principal, requestId }) =>
      revokeSigningKey(parts.keyringStore, parts.sealer, kid, {
        principal,
        requestId,
        alg: config.tokens.signingAlg,
      }),
  });
  const common = { store: parts.catalogueStore, clock: systemClock, mintSecret };
  return {
    agents: createAgentOperations(agentDeps(parts)),
    resources: createResourceOperations({ ...common, check: problemsOf(checkResourceSpec) }),
    resourceServers: createResourceServerOperations({
      ...common,
      secretUses: parts.secretUses,
      check: problemsOf(checkResourceServerSpec),
    }),
    revocations: revocationOperations(config, parts, metrics, keys),
    keys,
    store: createStoreOperations(parts.clockResetter),
    audit: parts.audit,
    deliveries: parts.deliveries,
    policy: policy.operations,
    ...more,
  };
}

function revocationOperations(
  config: Config,
  parts: Parts,
  metrics: Metrics,
  keys: AdminOperations['keys'],
): AdminOperations['revocations'] {
  return createRevocationOperations({
    store: parts.revocations,
    verify: (token) => verifyWithNewestKeys({ ...parts, store: parts.introspection }, token),
    shards: config.redis.shards,
    agents: parts.agentStore,
    catalogue: parts.catalogueStore,
    revokeKey: (kid, reason, context) => keys.revoke(kid, reason, context),
    onRevocation: (by) => {
      metrics.revocations.inc({ by });
    },
    hasRevision: (revision) => hasRevision(parts, revision),
  });
}

async function hasRevision({ policyStore }: Parts, revision: string): Promise<boolean> {
  const bundles = await policyStore.records();
  return bundles.some((bundle) => bundle.revision === revision);
}

function agentDeps(parts: Parts): Parameters<typeof createAgentOperations>[0] {
  return {
    store: parts.agentStore,
    mintSecret,
    check: problemsOf(checkAgentSpec),
    clock: systemClock,
    shards: parts.shards,
    secretUses: parts.secretUses,
  };
}

function problemsOf<T>(check: Check<T>): SpecCheck<T> {
  return (spec) => {
    const checked = check(spec);
    return checked.ok ? [] : checked.problems;
  };
}
