import type { BundleAdmission } from '../use-cases/policy/ports.js';
import type { Config } from '../config/config.js';
import type { RunHooks, RunningService } from '../process/runner.js';
import type { Logger } from '../domain/logger.js';
import type { BundleFacts } from '../domain/opa-status.js';
import type { Listeners } from '../http/listeners.js';
import { readScripts, type Scripts } from '../redis/scripts.js';
import { recordEvents } from '../redis/stores/event-recorder.js';
import type { Metrics } from '../telemetry/metrics.js';
import { createHttp } from './http.js';
import { firstLimits, limitsCheck, limitsOperations } from './limits.js';
import { createParts, type Parts } from './parts.js';
import { retryWhileUnavailable } from './retry-while-unavailable.js';
import { processMetrics } from '../telemetry/process-metrics.js';
import { runPeriodically } from './periodic.js';
import { createAnalysisPart, type AnalysisPart } from './policy/analysis-part.js';
import { createAdmissionSamples } from './policy/admission-samples.js';
import { decidedTeller } from './policy/decided-teller.js';
import { createBundleAdmission, createReplayGate } from './policy/gates.js';
import { startPolicy, type PolicyPart } from './policy/part.js';
import { bundleMetrics, createStatusPart } from './policy/status.js';
import { applyConfiguredRegistry, indexRegisteredAudiences, prepareDemo } from './registry.js';
import { clockCheck } from './clock-check.js';
import { keyringCheck } from './keyring-check.js';
import { redisCheck } from './redis-health.js';
import { signalOperations } from './signals.js';
import { stopService } from './stop-service.js';
import { createHighWater, openStorage, type HighWater, type Storage } from './storage.js';
import { createAdminOperations, createPublicOperations } from './use-cases.js';

const EACH_SECOND_MS = 1000;
const BACKLOG_EVERY_MS = 10_000;
const PRIORS_EVERY_MS = 60_000;

/**
 * Starts the service: storage, policy, keys, registry, then the listeners.
 * Resolves when all listeners answer.
 */
export function serve(config: Config, hooks: RunHooks): Promise<RunningService> {
  return serveWith({ scripts: readScripts(), admission: createBundleAdmission }, config, hooks);
}

/** Parts that a test may replace: the Lua scripts, and how the admission of bundles is made. */
export interface ServiceParts {
  readonly scripts: Scripts;
  readonly admission: (config: Config) => BundleAdmission;
}

/** Starts the service with these parts. */
export async function serveWith(
  { scripts, admission }: ServiceParts,
  config: Config,
  hooks: RunHooks,
): Promise<RunningService> {
  const metrics = processMetrics();
  const storage = await openStorage(config, {
    scripts,
    log: hooks.log,
    stopping: hooks.lifecycle.stopping,
    name: 'countersign-service',
    observe: (script, durationMs, failed) => {
      metrics.redisScript(script, durationMs / 1000, !failed);
    },
    onClockDoubt: metrics.clockRefusal,
  });
  try {
    return await serveOn(storage, admission(config), config, hooks, metrics);
  } catch (error) {
    storage.close();
    throw error;
  }
}

async function serveOn(
  storage: Storage,
  admission: BundleAdmission,
  config: Config,
  hooks: RunHooks,
  metrics: Metrics,
): Promise<RunningService> {
  const { log, secrets, lifecycle } = hooks;
  const parts = createParts(config, secrets, storage, log);
  const analysis = createAnalysisPart(config, parts, storage.context);
  const policy = await policyOn(config, parts, storage, { admission, analysis, log, metrics });
  lifecycle.onReload('policy', () => policy.reload());
  const demo = await prepareStore(config, parts, storage, hooks);
  const highWater = createHighWater(storage.client, config.redis.highWaterBytes);
  const bundles = (): Promise<readonly BundleFacts[]> => Promise.resolve([policy.facts()]);
  const status = createStatusPart(config, parts.auditReader, { bundles }, metrics);
  const more = {
    ...{ status: status.operations, ...analysis.operations },
    ...{ signals: signalOperations(parts), limits: limitsOperations(config, parts) },
  };
  const forPublic = createPublicOperations(config, parts, policy, highWater, metrics);
  const forAdmins = createAdminOperations(config, parts, policy, metrics, more);
  const operations = { operations: forPublic, adminOperations: forAdmins };
  const page = { ...metrics, render: () => status.refresh().then(() => metrics.render()) };
  const listeners = createHttp(config, secrets, parts, operations, {
    log,
    lifecycle,
    metrics: page,
  });
  addChecks(hooks, storage, policy, parts);
  const tasks = startTasks(hooks, parts, policy, highWater, metrics);
  const urls = await listen(listeners);
  const periodic = tasks.map((task) => () => task.stop());
  const ends = [() => analysis.close(), () => policy.close(), ...periodic];
  const { stopping } = lifecycle;
  const close = stopService({ stopping, listeners, tasks: ends, parts, storage });
  return {
    ...urls,
    ...(demo === undefined ? {} : { demo }),
    close,
  };
}

/** Prepares keys, audiences, registry, demo and limits in the store, and reads them. Returns the demo's secrets. */
async function prepareStore(
  config: Config,
  parts: Parts,
  storage: Storage,
  { log, lifecycle: { stopping } }: RunHooks,
): Promise<Awaited<ReturnType<typeof prepareDemo>> | undefined> {
  const retried = <T>(step: () => Promise<T>) => retryWhileUnavailable(step, stopping);
  await retried(() => parts.keyring.ensure(config.tokens.signingAlg));
  await retried(() => indexRegisteredAudiences(config, storage, log));
  await retried(() => applyConfiguredRegistry(config, parts, storage, log));
  const demo = config.demo ? await prepareDemo(config, parts, stopping) : undefined;
  await retried(() => firstLimits(parts.liveLimits, log));
  await retried(() => warm(parts));
  return demo;
}

interface PolicyNeeds {
  readonly admission: BundleAdmission;
  readonly analysis: Pick<AnalysisPart, 'gate'>;
  readonly log: Logger;
  readonly metrics: Metrics;
}

function policyOn(
  config: Config,
  parts: Parts,
  { context }: Storage,
  { admission, analysis, log, metrics }: PolicyNeeds,
): Promise<PolicyPart> {
  return startPolicy(config, {
    log,
    store: parts.policyStore,
    admission,
    replayGate: createReplayGate(analysis.gate, parts.auditProblem),
    samples: createAdmissionSamples({ ...parts, storePath: config.audit.storePath }, log),
    record: (event) => recordEvents(context, 'control', [event]),
    onRevision: (revision) => {
      metrics.policyRevision(revision);
    },
    ...bundleMetrics(metrics),
  });
}

async function listen(
  listeners: Listeners,
): Promise<Pick<RunningService, 'publicUrl' | 'adminUrl' | 'sidecarUrl' | 'probesUrl'>> {
  const [publicUrl, adminUrl, sidecarUrl, probesUrl] = await Promise.all([
    listeners.public.listen(),
    listeners.admin.listen(),
    listeners.sidecar?.listen(),
    listeners.probes?.listen(),
  ]);
  return {
    publicUrl,
    adminUrl,
    ...(sidecarUrl === undefined ? {} : { sidecarUrl }),
    ...(probesUrl === undefined ? {} : { probesUrl }),
  };
}

function startTasks(
  { log, logLinesDropped }: RunHooks,
  parts: Parts,
  policy: PolicyPart,
  highWater: HighWater,
  metrics: Metrics,
): { stop(): Promise<void> }[] {
  const engine = engineTeller(policy, metrics);
  return [
    runPeriodically(EACH_SECOND_MS, 'uses', log, () => parts.uses.flush()),
    runPeriodically(EACH_SECOND_MS, 'misuses', log, () => parts.misuses.flush()),
    runPeriodically(EACH_SECOND_MS, 'admin failures', log, () =>
      parts.adminFailures.counter.flush(),
    ),
    runPeriodically(EACH_SECOND_MS, 'limits', log, () => parts.liveLimits.refresh()),
    runPeriodically(EACH_SECOND_MS, 'memory', log, () => highWater.look()),
    runPeriodically(EACH_SECOND_MS, 'engine', log, () => {
      engine();
      metrics.logLinesDropped(logLinesDropped());
      return Promise.resolve();
    }),
    runPeriodically(PRIORS_EVERY_MS, 'priors', log, () => parts.priors.refresh()),
    runPeriodically(BACKLOG_EVERY_MS, 'audit backlog', log, async () => {
      const { entries, oldestMs } = await parts.streams.backlog();
      metrics.auditLagEntries.set(entries);
      metrics.auditLagSeconds.set(oldestMs === undefined ? 0 : (Date.now() - oldestMs) / 1000);
      metrics.auditSinks(await parts.auditSinks());
      metrics.auditStoreLost.set((await parts.auditProblem()) !== undefined);
    }),
  ];
}

/**
 * Reads the generations of the store and the fleet's priors.
 * The first request then needs no second attempt.
 */
async function warm(parts: Parts): Promise<void> {
  const { registryGeneration, keyringGeneration } = await parts.introspection.check(undefined);
  parts.catalogue.observe(registryGeneration);
  await parts.signer.sync(keyringGeneration);
  await parts.priors.refresh();
}

function addChecks(
  { lifecycle }: RunHooks,
  { client, context, health }: Storage,
  policy: PolicyPart,
  parts: Parts,
): void {
  lifecycle.addCheck(redisCheck(client, health));
  lifecycle.addCheck(clockCheck(context));
  lifecycle.addCheck({
    name: 'policy',
    check: () => {
      const problem = policy.problem();
      const alarm = policy.alarm();
      const well =
        alarm === undefined ? policy.revision() : `${policy.revision()}; alarm: ${alarm}`;
      return Promise.resolve({ ok: problem === undefined, detail: problem ?? well });
    },
  });
  lifecycle.addCheck(keyringCheck(parts.keyring));
  lifecycle.addCheck(limitsCheck(parts.liveLimits));
}

/** Returns a function that adds the growth of the engine's counters since its last call to the metrics. */
function engineTeller({ engine }: PolicyPart, metrics: Metrics): () => void {
  let told = engine.counters();
  const tellDecided = decidedTeller(engine, metrics);
  return () => {
    const now = engine.counters();
    tellDecided();
    for (const [fault, count] of Object.entries(now.faults)) {
      const before = told.faults[fault as keyof typeof told.faults];
      for (let more = before; more < count; more++) metrics.engineFaults.inc({ kind: fault });
    }
    for (let more = told.instanceReplacements; more < now.instanceReplacements; more++) {
      metrics.engineReplacements.inc();
    }
    metrics.engineRebuilds.inc(now.instanceRebuilds - told.instanceRebuilds);
    metrics.knownAnswerMisses.inc(now.knownAnswerMisses - told.knownAnswerMisses);
    metrics.knownAnswerFailing.set(now.knownAnswerFailing);
    metrics.activeBundleRefused.set(now.activeRefusals.length > 0);
    metrics.engineMemoryBytes.set(now.memoryBytes);
    metrics.breakerOpen.set(now.breakerOpen);
    told = now;
  };
}
