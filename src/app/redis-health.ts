import type { ReadinessCheck } from '../domain/readiness.js';
import type { Logger } from '../domain/logger.js';
import { addressesOf, type OnFailure, type RedisClient } from '../redis/client.js';
import { diagnose, problemsOf, type AddressReport } from '../redis/diagnosis.js';
import { within } from '../domain/deadline.js';
import { causeOf } from '../redis/failure.js';
import { countReadOnly } from '../redis/probe.js';
import type { RedisTarget } from '../redis/target.js';

/** Reports which connection to Redis fails, and why. */
export interface RedisHealth {
  /** Logs a failed connection, and at intervals the answer of each address. */
  readonly failed: OnFailure;
  /** Returns the address and cause of each failing connection; undefined when none fails. Never throws. */
  explain(timeoutMs: number): Promise<string | undefined>;
  /** Stops all requests and logging. */
  close(): void;
}

/**
 * Minimum time between checks of the addresses, in milliseconds.
 * Connections fail repeatedly while a server is away.
 */
const ASK_EVERY_MS = 10_000;
const ASK_TIMEOUT_MS = 2000;
/** Time from the last answer in time to the reports, in milliseconds. */
const SETTLE_MS = 50;

export function createRedisHealth(
  target: RedisTarget,
  log: Logger,
  ask: typeof diagnose = diagnose,
): RedisHealth {
  let closed = false;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let latest: readonly AddressReport[] = [];
  let running: Promise<readonly AddressReport[]> | undefined;
  const look = (timeoutMs: number): Promise<readonly AddressReport[]> => {
    running ??= ask(target, timeoutMs)
      .then((reports) => (latest = reports))
      .finally(() => (running = undefined));
    return running;
  };
  const logReports = async (): Promise<void> => {
    for (const { address, as, problem } of await look(ASK_TIMEOUT_MS)) {
      if (problem === undefined || closed) continue;
      log.warn({ address, as, error: problem }, 'redis address does not answer');
    }
  };
  return {
    failed: ({ address, cause }) => {
      if (closed) return;
      log.warn(
        { address: address ?? addressesOf(target).join(','), error: cause },
        'redis connection failed',
      );
      if (performance.now() - askedAtMs < ASK_EVERY_MS) return;
      askedAtMs = performance.now();
      void logReports();
    },
    explain: async (timeoutMs) => {
      // A pending check may have a longer timeout than this one.
      const reports = await within(timeoutMs + SETTLE_MS, look(timeoutMs)).catch(() => latest);
      return problemsOf(reports);
    },
    close: () => {
      closed = true;
    },
  };
}

/**
 * Part of the one-second readiness check for the question, in milliseconds.
 * The rest finds the cause of a failure.
 */
const ASK_MS = 600;
const EXPLAIN_MS = 300;

/** Creates the readiness check of Redis: a primary takes writes. Names the failing address otherwise. */
export function redisCheck(client: RedisClient, health: RedisHealth): ReadinessCheck {
  return {
    name: 'redis',
    check: async () => {
      try {
        const failing = await countReadOnly(client, ASK_MS);
        const detail =
          failing === 0 ? 'takes writes' : `${String(failing)} primaries take no writes`;
        return { ok: true, detail };
      } catch (error) {
        return { ok: false, detail: (await health.explain(EXPLAIN_MS)) ?? causeOf(error) };
      }
    },
  };
}
