import type { ReadinessCheck } from '../domain/readiness.js';
import type { Logger } from '../domain/logger.js';
import { addressesOf, type OnFailure, type RedisClient } from '../redis/client.js';
import { diagnose, problemsOf, type AddressReport } from '../redis/diagnosis.js';
import { within } from '../redis/deadline.js';
import { causeOf } from '../redis/failure.js';
import type { RedisTarget } from '../redis/target.js';

/** Says which connection to Redis fails, and why. */
export interface RedisHealth {
  /** Logs a failed connection, and now and then what each address answers. */
  readonly failed: OnFailure;
  /** The address and the cause of each connection that fails; undefined when none does. Never throws. */
  explain(timeoutMs: number): Promise<string | undefined>;
  /** From here on nothing is asked and nothing is logged. */
  close(): void;
}

/** Connections fail again and again while a server is away: the addresses are not asked more often than this. */
const ASK_EVERY_MS = 10_000;
const ASK_TIMEOUT_MS = 2000;
/** From the last answer that is in time to the reports. */
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
        'redis connection',
      );
      if (performance.now() - askedAtMs < ASK_EVERY_MS) return;
      askedAtMs = performance.now();
      void logReports();
    },
    explain: async (timeoutMs) => {
      // One that was begun before may have more time than this one.
      const reports = await within(timeoutMs + SETTLE_MS, look(timeoutMs)).catch(() => latest);
      return problemsOf(reports);
    },
    close: () => {
      closed = true;
    },
  };
}

/** A readiness check has a second in all: a part for the question, the rest for the reason of its failure. */
const PING_MS = 600;
const EXPLAIN_MS = 300;

/** The readiness check of Redis: it answers; else which address fails, and why. */
export function redisCheck(client: RedisClient, health: RedisHealth): ReadinessCheck {
  return {
    name: 'redis',
    check: async () => {
      try {
        await within(PING_MS, client.ping());
        return { ok: true, detail: 'answers' };
      } catch (error) {
        return { ok: false, detail: (await health.explain(EXPLAIN_MS)) ?? causeOf(error) };
      }
    },
  };
}
