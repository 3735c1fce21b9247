import type { Config } from '../config/config.js';
import type { Secrets } from '../config/secrets.js';
import type { Logger } from '../domain/logger.js';
import type { Lifecycle } from '../process/lifecycle.js';
import type { LogOutput } from '../telemetry/log-output.js';
import type { SignalSource } from '../process/process-signals.js';

/** What a process gives the parts it runs. */
export interface RunHooks {
  readonly log: Logger;
  /** Log lines this process dropped because nothing read them. */
  readonly logLinesDropped: () => number;
  readonly secrets: Secrets;
  /** For readiness checks and reload callbacks. The command itself registers `close` of what it started. */
  readonly lifecycle: Lifecycle;
}

export interface RunningService {
  readonly publicUrl: string;
  readonly adminUrl: string;
  /** `http://…`, or `unix:<path>`; absent when the listener is off. */
  readonly sidecarUrl?: string;
  /** The demo's clients with their secrets, when the configuration serves the demo. */
  readonly demo?: {
    readonly agent: { readonly id: string; readonly client_secret: string };
    readonly resource_server: { readonly id: string; readonly client_secret: string };
  };
  close(): Promise<void>;
}

export interface Runner {
  /** Resolves once every listener is bound and readiness passes; throws when it cannot start. */
  serve(config: Config, hooks: RunHooks): Promise<RunningService>;
  worker(config: Config, hooks: RunHooks): Promise<{ close(): Promise<void> }>;
}

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
  openLog(fd: 1 | 2): LogOutput;
  /** What each address of the configured Redis answers; empty when none is configured. Never throws for a failed one. */
  askRedis(config: Config): Promise<readonly RedisAnswer[]>;
  mintAdminToken(): string;
  /** Where SIGTERM, SIGINT and SIGHUP come from. */
  readonly signals: SignalSource;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}
