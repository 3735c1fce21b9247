import type { Config } from '../config/config.js';
import type { Logger } from '../domain/logger.js';
import type { LogOutput } from '../telemetry/log-output.js';
import type { SignalSource } from '../process/process-signals.js';
import type { Runner } from '../process/runner.js';

export interface PrivateRedis {
  readonly url: string;
  stop(): Promise<unknown>;
}

export interface RedisAnswer {
  /** Such as `Sentinel s1.example.com:26379`. */
  readonly address: string;
  /** Undefined: it answers as it must. */
  readonly problem: string | undefined;
}

/** The heavy parts, which only the commands that run something load. */
export interface Runtime {
  loadRunner(): Promise<Runner>;
  startPrivateRedis(options: {
    readonly dataDir: string;
    readonly log: Logger;
  }): Promise<PrivateRedis>;
  /** Where a long-running command writes its log: standard output or standard error. */
  openLog(fd: 1 | 2): Promise<LogOutput>;
  /** What each address of the configured Redis answers; empty when none is configured. Never throws for a failed one. */
  askRedis(config: Config): Promise<readonly RedisAnswer[]>;
  mintAdminToken(): Promise<string>;
  /** Where SIGTERM, SIGINT and SIGHUP come from. */
  readonly signals: SignalSource;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}
