import type { Logger } from '../domain/logger.js';
import type { Config } from '../config/config.js';
import type { Secrets } from '../config/secrets.js';
import type { Lifecycle } from './lifecycle.js';

/** The services of a process for the parts it runs. */
export interface RunHooks {
  readonly log: Logger;
  /** Returns the number of log lines dropped because their reader was too slow. */
  readonly logLinesDropped: () => number;
  readonly secrets: Secrets;
  /** For readiness checks and reload callbacks. The command itself registers `close` of the service. */
  readonly lifecycle: Lifecycle;
}

export interface RunningService {
  readonly publicUrl: string;
  readonly adminUrl: string;
  /** `http://…`, or `unix:<path>`; absent when the listener is off. */
  readonly sidecarUrl?: string;
  /** Absent when the listener is off. */
  readonly probesUrl?: string;
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
