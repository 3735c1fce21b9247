import type { Config } from '../config/config.js';
import type { RunHooks, RunningService } from '../cli/ports.js';
import { recordEvents } from '../redis/stores/event-recorder.js';
import { createMetrics, type Metrics } from '../metrics.js';
import { createHttp } from './http.js';
import { createParts, type Parts } from './parts.js';
import { patiently } from './patiently.js';
import { every } from './periodic.js';
import { startPolicy, type PolicyPart } from './policy.js';
import { applyConfiguredRegistry, prepareDemo } from './registry.js';
import { createHighWater, openStorage, type Storage } from './storage.js';
import { createAdminOperations, createPublicOperations } from './use-cases.js';

/** How long the listeners may take to answer what they accepted. */
const DRAIN_MS = 10_000;
const FLUSH_EVERY_MS = 1000;

export interface ServiceOptions {
  /** For tests that take a guard out of a script. */
  readonly editScript?: (file: string, source: string) => string;
}

/** Starts the service: storage, policy, keys, registry, then the listeners. Resolves when all of them answer. */
export async function serve(
  config: Config,
  hooks: RunHooks,
  options: ServiceOptions = {},
): Promise<RunningService> {
  const { log, secrets, lifecycle } = hooks;
  const metrics = createMetrics();
  const storage = await openStorage(config, {
    ...options,
    log,
    name: 'countersign-service',
    observe: (script, durationMs, failed) => {
      metrics.redisScript(script, durationMs / 1000, !failed);
    },
  });
  const parts = createParts(config, secrets, storage, log);
  const policy = await startPolicy(config, {
    log,
    record: (event) => recordEvents(storage.context, 'control', [event]),
    onRevision: metrics.policyRevision,
  });
  lifecycle.onReload('policy', () => policy.reload());
  await patiently(() => parts.keyring.ensure(config.tokens.signingAlg));
  await patiently(() => applyConfiguredRegistry(config, parts, storage, log));
  const demo = config.demo ? await prepareDemo(config, parts) : undefined;
  await patiently(() => warm(parts));

  const highWater = createHighWater(storage.client, config.redis.highWaterBytes);
  const listeners = createHttp(
    config,
    secrets,
    parts,
    {
      operations: createPublicOperations(config, parts, policy, highWater, metrics),
      adminOperations: createAdminOperations(config, parts, policy, metrics),
    },
    { log, lifecycle, metrics },
  );
  addChecks(hooks, storage, policy, parts);
  const tasks = [
    every(FLUSH_EVERY_MS, 'uses', log, () => parts.uses.flush()),
    every(FLUSH_EVERY_MS, 'memory', log, () => highWater.look()),
    every(FLUSH_EVERY_MS, 'engine', log, () => Promise.resolve(tellEngine(policy, metrics))),
  ];
  const [publicUrl, adminUrl, sidecarUrl] = await Promise.all([
    listeners.public.listen(),
    listeners.admin.listen(),
    listeners.sidecar?.listen(),
  ]);
  return {
    publicUrl,
    adminUrl,
    ...(sidecarUrl === undefined ? {} : { sidecarUrl }),
    ...(demo === undefined ? {} : { demo }),
    async close() {
      await listeners.close(DRAIN_MS);
      await Promise.all(tasks.map((task) => task.stop()));
      await parts.uses.flush();
      await policy.close();
      parts.auditReader.close();
      storage.close();
    },
  };
}

/** Learns the store's generations, so that the first request need not start over. */
async function warm(parts: Parts): Promise<void> {
  const { registryGeneration, keyringGeneration } = await parts.introspection.check(undefined);
  parts.catalogue.observe(registryGeneration);
  await parts.signer.sync(keyringGeneration);
}

function addChecks(
  { lifecycle }: RunHooks,
  { client }: Storage,
  { engine, operations }: PolicyPart,
  parts: Parts,
): void {
  lifecycle.addCheck({
    name: 'redis',
    check: async () => ({ ok: (await client.ping()) === 'PONG', detail: 'answers' }),
  });
  lifecycle.addCheck({
    name: 'policy',
    check: () => {
      const { breakerOpen } = engine.counters();
      const detail = breakerOpen ? 'evaluations are too slow' : operations.status().revision;
      return Promise.resolve({ ok: !breakerOpen, detail });
    },
  });
  lifecycle.addCheck({
    name: 'keyring',
    check: () => Promise.resolve({ ok: true, detail: parts.keyring.view().active.kid }),
  });
}

function tellEngine({ engine }: PolicyPart, metrics: Metrics): void {
  const { memoryBytes, breakerOpen } = engine.counters();
  metrics.engineMemoryBytes(memoryBytes);
  metrics.breakerOpen(breakerOpen);
}
