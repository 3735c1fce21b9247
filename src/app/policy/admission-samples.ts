import { existsSync } from 'node:fs';
import { systemClock } from '../../domain/clock.js';
import type { Logger } from '../../domain/logger.js';
import type { PolicyInput } from '../../domain/policy.js';
import { NEUTRAL_INPUT } from '../../policy/serving/neutral-input.js';
import type { GatherSamples } from '../../use-cases/policy/ports.js';
import { registryInputs, type RegistryInputDeps } from '../../use-cases/policy/registry-inputs.js';
import type { WorkerLimits } from '../../threads/run-in-worker.js';
import { inThread } from './in-thread.js';

/** Age of the recorded decisions, in milliseconds, and their maximum number. */
const SINCE_MS = 7 * 86_400_000;
const DECISIONS = 64;
const LIMITS = { deadlineMs: 5000, heapMiB: 256 };

interface SampleParts {
  readonly storePath: string;
  readonly agentStore: RegistryInputDeps['agents'];
  readonly catalogueStore: RegistryInputDeps['catalogue'];
  readonly shards: number;
}

/** Creates the inputs of admission that the service knows; an origin that cannot be read is empty. */
export function createAdmissionSamples(
  parts: SampleParts,
  log: Logger,
  limits: WorkerLimits = LIMITS,
): GatherSamples {
  const orNone = async (
    origin: string,
    inputs: () => Promise<readonly PolicyInput[]>,
  ): Promise<readonly PolicyInput[]> => {
    try {
      return await inputs();
    } catch (error) {
      log.warn({ origin, error: String(error) }, 'inputs of admission not read; origin left empty');
      return [];
    }
  };
  return async () => {
    const [recorded, registry] = await Promise.all([
      orNone('recorded decisions', () => recordedInputs(parts, limits)),
      orNone('registry', () => ofRegistry(parts)),
    ]);
    return { recorded, registry };
  };
}

function ofRegistry({
  agentStore: agents,
  catalogueStore: catalogue,
  shards,
}: SampleParts): Promise<readonly PolicyInput[]> {
  const { signals, now } = NEUTRAL_INPUT;
  return registryInputs({ agents, catalogue, shards, signals, nowMs: now.unix_ms });
}

/** Reads recorded inputs in a thread; none without a store, as at a first start. */
async function recordedInputs(
  { storePath }: SampleParts,
  limits: WorkerLimits,
): Promise<readonly PolicyInput[]> {
  if (!existsSync(storePath)) return [];
  const untilMs = systemClock.nowMs();
  const period = { sinceMs: untilMs - SINCE_MS, untilMs };
  return inThread({ task: 'inputs', storePath, ...period, limit: DECISIONS }, limits);
}
