import type { Config } from '../config/config.js';
import type { RunHooks } from '../process/runner.js';
import { createFileSink, createStreamSink, type AuditSink } from '../audit/sinks.js';
import { openAuditStore, type AuditStore } from '../audit/store.js';
import { systemClock } from '../domain/clock.js';
import { Late } from '../domain/deadline.js';
import type { Logger } from '../domain/logger.js';
import { connectQueueRedis } from '../redis/client.js';
import type { StoreContext } from '../redis/context.js';
import { pingPrimaries } from '../redis/probe.js';
import { createAuditStatus } from '../redis/stores/audit-status.js';
import { createAuditStreams } from '../redis/stores/audit-streams.js';
import { createIntentResumer } from '../redis/stores/intents.js';
import { createKeyringStore } from '../redis/stores/keyring-store.js';
import { createPolicyStore } from '../redis/stores/policy-store.js';
import { createRetryRequests } from '../redis/stores/retry-requests.js';
import { createRefusalCloser } from '../redis/stores/refusal-store.js';
import { longestTokenMs } from '../redis/stores/settings.js';
import { createExpirySweeper, createRevocationPruner } from '../redis/stores/sweepers.js';
import { advanceRotation } from '../token/change-keyring.js';
import type { RotationSchedule } from '../token/rotation.js';
import { createSealer } from '../token/sealer.js';
import type { JobPorts } from '../worker/ports.js';
import { startWorker } from '../worker/start.js';
import { activeBundleOf } from './policy/active-bundle.js';
import { processMetrics } from '../telemetry/process-metrics.js';
import { redisTarget } from './redis-target.js';
import { priorLearner } from './signals.js';
import { retryWhileUnavailable } from './retry-while-unavailable.js';
import { openStorage, type Storage } from './storage.js';
import { decisionLogSinkNames, startDecisionLog } from './worker-decision-log.js';
import { watchSinks } from './sink-watch.js';
import { createExport } from './worker-export.js';

/**
 * Margin for the way of a key set to its reader, who may count its cache age from its arrival.
 * The last key set without a key was made before the key was written.
 */
const PUBLISH_MARGIN_SECONDS = 0.5;
const DAY_MS = 86_400_000;
/** Number of entries moved from a stream to the store per batch. */
const EXPORT_BATCH = 500;

/** Starts the worker: audit export, decision log, expiry, unfinished intents, pruning, key rotation, webhooks. */
export async function work(config: Config, hooks: RunHooks): Promise<{ close(): Promise<void> }> {
  const { log, lifecycle } = hooks;
  const { stopping } = lifecycle;
  const storage = await openStorage(config, { log, name: 'countersign-worker', stopping });
  const store = openStore(config, log);
  const bundle = activeBundleOf(createPolicyStore(storage.context), config.policy);
  const decisionLog = startDecisionLog(config, store, bundle, log);
  const closeStores = (): void => {
    store.close();
    storage.close();
  };
  try {
    const worker = await startWorker({
      ...jobPorts(config, hooks, storage.context, store),
      stopping,
      redisAnswers: () => answers(storage),
      connection: () =>
        connectQueueRedis(redisTarget(config), ({ address, cause }) => {
          log.warn({ address, error: cause }, 'queue connection failed');
        }),
      settings: { prefix: `{${config.redis.prefix}-jobs}` },
    });
    return {
      async close() {
        await Promise.all([worker.stop(), decisionLog.stop()]);
        closeStores();
      },
    };
  } catch (error) {
    const failure = error instanceof Late ? await queueFailure(storage) : error;
    await decisionLog.stop();
    closeStores();
    throw failure;
  }
}

function jobPorts(
  config: Config,
  { log, secrets, lifecycle }: RunHooks,
  context: StoreContext,
  store: AuditStore,
): JobPorts {
  const streams = createAuditStreams(context);
  const sinks = sinksOf(config);
  lifecycle.onReload('audit sinks', () => {
    for (const sink of sinks) sink.reopen?.();
  });
  const status = createAuditStatus(context);
  const watch = watchSinks(sinks, status, log);
  const options = { batch: EXPORT_BATCH, onSinkError: watch.failed };
  const sealer = createSealer(secrets.keyEncryptionKey, secrets.previousKeyEncryptionKey);
  const keyring = createKeyringStore(context);
  const longestToken = (): Promise<number> => longestTokenMs(context, config.tokens.skewSeconds);
  return {
    shards: context.shards,
    exportAudit: createExport(streams, store, sinks, status, log, options, () => watch.report()),
    expiry: createExpirySweeper(context),
    refusals: createRefusalCloser(context),
    intents: createIntentResumer(context),
    ...retentionPart(config, store, sinks),
    pruner: createRevocationPruner(context, longestToken),
    rotateKeys: async () => {
      const schedule = rotationSchedule(config, await longestToken());
      return (await advanceRotation(keyring, sealer, schedule)).length;
    },
    learnPriors: priorLearner(context),
    deliveries: store.deliveries,
    retries: createRetryRequests(context),
    endpoints: config.webhooks,
    logger: log,
    metrics: processMetrics(),
    clock: systemClock,
  };
}

/** Maximum time to find the cause of queues that did not start, in milliseconds. */
const EXPLAIN_MS = 2000;

async function queueFailure({ health }: Storage): Promise<Error> {
  const found = (await health.explain(EXPLAIN_MS)) ?? 'its commands are not answered in time';
  return new Error(`Redis cannot be reached by the job queues: ${found}`);
}

/** Returns true once every primary answers. Throws when one cannot be reached. */
async function answers({ client }: Storage): Promise<boolean> {
  await retryWhileUnavailable(() => pingPrimaries(client));
  return true;
}

function openStore(config: Config, log: Logger): AuditStore {
  return openAuditStore(config.audit.storePath, {
    endpoints: config.webhooks.map(({ id }) => id),
    wants: wantedBy(config),
    onGap: (gap) => {
      log.error({ ...gap }, 'audit gap: the store was reset to an older state');
    },
  });
}

/**
 * Returns whether an endpoint subscribed to an event type.
 * An endpoint without types subscribed to all.
 */
function wantedBy({ webhooks }: Config): (endpoint: string, type: string) => boolean {
  const named = new Map(webhooks.map(({ id, events }) => [id, new Set(events)]));
  return (endpoint, type) => {
    const events = named.get(endpoint);
    return events === undefined || events.size === 0 || events.has(type);
  };
}

function sinksOf({ audit }: Config): readonly AuditSink[] {
  return [
    ...(audit.jsonlPath === undefined ? [] : [createFileSink(audit.jsonlPath)]),
    ...(audit.stdout ? [createStreamSink('stdout', process.stdout)] : []),
  ];
}

/** Maximum age of the decisions that an activation or a diff of bundles replays, in milliseconds. */
const REPLAY_MS = 30 * DAY_MS;

function retentionPart(
  { audit, decisionLog }: Config,
  store: AuditStore,
  sinks: readonly AuditSink[],
): Pick<JobPorts, 'pruneAudit'> {
  const { maxAgeDays, maxBytes } = audit.retention;
  const pruner = store.pruner({
    limits: { maxAgeMs: maxAgeDays * DAY_MS, maxBytes },
    readers: {
      sinks: [...sinks.map(({ name }) => name), ...decisionLogSinkNames(decisionLog)],
      replayMs: REPLAY_MS,
    },
    nowMs: () => systemClock.nowMs(),
  });
  return { pruneAudit: (stopping) => pruner.run(stopping) };
}

function rotationSchedule({ keys, tokens }: Config, longestTokenMs: number): RotationSchedule {
  return {
    jwksCacheSeconds: keys.jwksCacheSeconds + PUBLISH_MARGIN_SECONDS,
    longestTokenMs,
    rotateEverySeconds: keys.rotateEverySeconds,
    alg: tokens.signingAlg,
  };
}
