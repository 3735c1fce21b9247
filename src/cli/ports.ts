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
  /** Role and address, such as `Sentinel s1.example.com:26379`. */
  readonly address: string;
  /** Undefined when the address answers correctly. */
  readonly problem: string | undefined;
}

/** The heavy dependencies, loaded only by commands that need them. */
export interface Runtime {
  loadRunner(): Promise<Runner>;
  startPrivateRedis(options: {
    readonly dataDir: string;
    readonly log: Logger;
    /** Ends the start. */
    readonly stopping: AbortSignal;
    /** Called when a server that exited cannot be brought back. */
    readonly onLost: (error: Error) => void;
  }): Promise<PrivateRedis>;
  /** Opens the log of a long-running command on standard output or standard error. */
  openLog(fd: 1 | 2): Promise<LogOutput>;
  /** Probes each address of the configured Redis; empty without one. A failed address never throws. */
  askRedis(config: Config): Promise<readonly RedisAnswer[]>;
  mintAdminToken(): Promise<string>;
  /** Source of SIGTERM, SIGINT and SIGHUP. */
  readonly signals: SignalSource;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}
