/** The part of a pino logger that this module uses. */
export interface PrivateRedisLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** How a server that exited is started again. */
export interface RestartPolicy {
  /** Pause before the first try in milliseconds; doubles with each try, up to `longestPauseMs`. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Consecutive exits after which the server is given up. An exit for a full disk does not count. */
  readonly maxExits: number;
  /** A server that ran for this long ends the sequence of exits, in milliseconds. */
  readonly steadyMs: number;
}

/** Default: given up about 35 seconds after the first exit, when each start fails at once. */
export const DEFAULT_RESTART: RestartPolicy = {
  firstPauseMs: 100,
  longestPauseMs: 10_000,
  maxExits: 10,
  steadyMs: 30_000,
};

export interface PrivateRedisOptions {
  /** The service's data folder; Redis keeps its files in `redis/` below it. */
  readonly dataDir: string;
  /** Default: the first redis-server or valkey-server on PATH. */
  readonly serverPath?: string;
  readonly log: PrivateRedisLog;
  /** Limit for loading the append-only file, in milliseconds. Default 120,000. */
  readonly readyTimeoutMs?: number;
  /** Ends a start that waits for the server. */
  readonly stopping?: AbortSignal;
  readonly restart?: RestartPolicy;
  /** Called once, when the server cannot be brought back. */
  readonly onLost?: (error: Error) => void;
}

export interface PrivateRedis {
  /** `unix:///…/redis.sock`, percent-encoded. */
  readonly url: string;
  /** Of the process that was started last. */
  readonly pid: number;
  /** Ends the server (SIGTERM, SIGKILL after 1.5 seconds) and releases the lock. Idempotent. */
  stop(): Promise<void>;
}
