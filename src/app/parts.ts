import type { Config } from '../config/config.js';
import type { Secrets } from '../config/secrets.js';
import { createAuditOperations } from '../audit/operations.js';
import { createDeliveryOperations } from '../audit/delivery-operations.js';
import { createKeepInput, maskKey } from '../audit/keep-input.js';
import { openThreadReader } from '../audit/thread-reader.js';
import { createStoreProblem } from '../audit/store-problem.js';
import {
  createMisuseCounter,
  type FlushingMisuseCounter,
} from '../use-cases/introspection/misuse-counter.js';
import {
  createUseCounter,
  type FlushingUseCounter,
} from '../use-cases/introspection/use-counter.js';
import { createAdminFailureCounter } from '../use-cases/admin/admin-failures.js';
import { systemClock } from '../domain/clock.js';
import type { Logger } from '../domain/logger.js';
import { createAuthenticator } from '../identity/authenticator.js';
import { type ClientAuthenticator } from '../domain/authentication.js';
import { createFailureLimiter } from '../identity/failure-limiter.js';
import { createSecretUseNoter } from '../identity/secret-use-noter.js';
import { createProofLane } from '../identity/lane.js';
import type { StoreContext } from '../redis/context.js';
import { createAgentStore } from '../redis/stores/agent-store.js';
import { createAssertionGuard } from '../redis/stores/assertion-guard.js';
import { sinkProblem } from './sink-watch.js';
import { createAuditStatus } from '../redis/stores/audit-status.js';
import { createAuditStreams } from '../redis/stores/audit-streams.js';
import { longestTokenMs } from '../redis/stores/settings.js';
import { createClockResetter } from '../redis/stores/clock-reset.js';
import { createCatalogueStore } from '../redis/stores/catalogue-store.js';
import { createFailureCounter } from '../redis/stores/failure-counter.js';
import { createDecisionRecorder, recordEvents } from '../redis/stores/event-recorder.js';
import { createGrantCommitter } from '../redis/stores/grant-committer.js';
import { createIntrospectionStore } from '../redis/stores/introspection-store.js';
import { createKeyringStore } from '../redis/stores/keyring-store.js';
import { createPolicyStore } from '../redis/stores/policy-store.js';
import { createMisuseRecorder } from '../redis/stores/misuse-recorder.js';
import { createEvaluationRecorder } from '../redis/stores/evaluation-recorder.js';
import { createRetryRequests } from '../redis/stores/retry-requests.js';
import { createSecretUses } from '../redis/stores/secret-uses.js';
import { createRevocationStore } from '../redis/stores/revocation-store.js';
import { createPriorStore } from '../redis/stores/prior-store.js';
import { createOpenRefusalReader, createRefusalCounter } from '../redis/stores/refusal-store.js';
import { createSignalReader } from '../redis/stores/signal-reader.js';
import { createSignalGatherer } from '../redis/stores/signal-gatherer.js';
import { createAgentDirectory, type CachedAgentDirectory } from '../registry/agent-directory.js';
import { createCatalogue, type CachedCatalogue } from '../registry/catalogue.js';
import { rateOf } from '../registry/rate.js';
import { isWellFormedSecret } from '../registry/secret.js';
import { createCachedPriors } from '../signals/priors/cached-priors.js';
import { verifyClientAssertion } from '../token/assertion.js';
import { createKeyring } from '../token/keyring.js';
import { createSealer } from '../token/sealer.js';
import { createTokenSigner } from '../token/signer.js';
import { createTokenVerifier } from '../token/verifier.js';
import { budgetParts } from './limits.js';
import type { Storage } from './storage.js';

/** Number of cached tokens, about 800 bytes each. */
const VERIFIED_TOKENS = 20_000;
const ASSERTION_MAX_AGE_SECONDS = 300;

/** Every adapter of the service, created once. */
export type Parts = ReturnType<typeof createParts>;

/** Creates the adapters over an open storage, without reading anything. */
export function createParts(config: Config, secrets: Secrets, storage: Storage, log: Logger) {
  const { context } = storage;
  const agentStore = createAgentStore(context);
  const catalogueStore = createCatalogueStore(context, () =>
    longestTokenMs(context, config.tokens.skewSeconds),
  );
  const agents = createAgentDirectory(agentStore);
  const catalogue = createCatalogue(catalogueStore);
  return {
    log,
    shards: context.shards,
    agentStore,
    catalogueStore,
    agents,
    catalogue,
    policyStore: createPolicyStore(context),
    ...tokenPartsOf(config, secrets, context),
    ...signalPartsOf(context, log),
    ...budgetParts(config, context),
    committer: createGrantCommitter(context, config.tokens.skewSeconds * 1000),
    recorder: createDecisionRecorder(context),
    refusals: createRefusalCounter(context),
    ...inputPartsOf(config, secrets),
    permits: createEvaluationRecorder(context),
    introspection: createIntrospectionStore(context),
    revocations: createRevocationStore(context),
    clockResetter: createClockResetter(context),
    authenticator: authenticatorOf(config, context, agents, catalogue),
    uses: useCounterOf(context, log),
    misuses: misuseCounterOf(context, log),
    adminFailures: adminFailuresOf(context, log),
    secretUses: createSecretUses(context),
    ...auditPartsOf(config, context),
  };
}

/** Creates the parts that hold the signing keys, sign tokens and verify them. */
function tokenPartsOf({ issuer }: Config, secrets: Secrets, context: StoreContext) {
  const keyringStore = createKeyringStore(context);
  const sealer = createSealer(secrets.keyEncryptionKey, secrets.previousKeyEncryptionKey);
  const keyring = createKeyring(keyringStore, sealer);
  return {
    keyringStore,
    sealer,
    keyring,
    signer: createTokenSigner(keyring, { issuer }),
    verifier: createTokenVerifier(keyring, { issuer, cacheEntries: VERIFIED_TOKENS }),
  };
}

/** Creates the parts that read the audit record: its streams and its store. */
function auditPartsOf(config: Config, context: StoreContext) {
  const streams = createAuditStreams(context);
  const auditReader = openThreadReader(config.audit.storePath);
  const status = createAuditStatus(context);
  const auditProblem = createStoreProblem(status, auditReader);
  const auditSinks = () => status.readSinks();
  return {
    streams,
    auditReader,
    auditProblem,
    auditSinks,
    audit: createAuditOperations(streams, auditReader, {
      problem: auditProblem,
      sinkProblem: async () => sinkProblem(await auditSinks()),
      refusals: createOpenRefusalReader(context),
    }),
    deliveries: createDeliveryOperations(auditReader, createRetryRequests(context)),
  };
}

/** Creates the parts that store inputs and digest masked values. */
function inputPartsOf(config: Config, secrets: Secrets) {
  return {
    maskKeys: [secrets.keyEncryptionKey, secrets.previousKeyEncryptionKey].flatMap((key) =>
      key === undefined ? [] : [maskKey(key)],
    ),
    keepInput: createKeepInput({
      ...config.audit.inputs,
      key: maskKey(secrets.keyEncryptionKey),
    }),
  };
}

function signalPartsOf(context: StoreContext, log: Logger) {
  const priors = createCachedPriors(createPriorStore(context), log);
  return {
    priors,
    gatherer: createSignalGatherer(
      context,
      ({ spec }) => rateOf(spec),
      (agentClass) => priors.of(agentClass),
    ),
    signalReader: createSignalReader(context),
  };
}

function authenticatorOf(
  config: Config,
  context: StoreContext,
  agents: CachedAgentDirectory,
  catalogue: CachedCatalogue,
): ClientAuthenticator {
  return createAuthenticator({
    agents,
    resourceServers: catalogue.resourceServers,
    replayGuard: createAssertionGuard(context, config.security.assertionMaxAheadSeconds),
    verifyAssertion: verifyClientAssertion,
    isWellFormedSecret,
    failures: createFailureLimiter({ clock: systemClock, shared: createFailureCounter(context) }),
    lane: createProofLane({ clock: systemClock }),
    clock: systemClock,
    onSecretUse: createSecretUseNoter(createSecretUses(context), systemClock),
    assertionAudience: config.issuer,
    assertionMaxAgeSeconds: ASSERTION_MAX_AGE_SECONDS,
  });
}

/** Creates the budget of failed admin authentications and their count for the record. */
function adminFailuresOf(context: StoreContext, log: Logger) {
  return {
    limiter: createFailureLimiter({ clock: systemClock, shared: createFailureCounter(context) }),
    counter: createAdminFailureCounter({
      record: (event) => recordEvents(context, 'control', [event]),
      clock: systemClock,
      onLost: (lost, error) => {
        log.warn({ lost, error: String(error) }, 'failed admin authentications not recorded');
      },
    }),
  };
}

function misuseCounterOf(context: StoreContext, log: Logger): FlushingMisuseCounter {
  return createMisuseCounter({
    record: createMisuseRecorder(context),
    clock: systemClock,
    onLost: (lost, error) => {
      log.warn({ lost, error: String(error) }, 'misused tokens not recorded');
    },
  });
}

function useCounterOf(context: StoreContext, log: Logger): FlushingUseCounter {
  return createUseCounter({
    record: (shard, events) => recordEvents(context, shard, events),
    shards: context.shards,
    clock: systemClock,
    onLost: (lost, error) => {
      log.warn({ lost, error: String(error) }, 'uses not recorded');
    },
  });
}
