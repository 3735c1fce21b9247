import type { Config } from '../config/config.js';
import { checkDataFolder } from '../config/data-folder.js';
import type { Overrides } from '../config/load.js';
import { resolveSecrets, type Secrets } from '../config/secrets.js';
import { pause } from '../domain/deadline.js';
import { STOP_LIMITS } from '../domain/stop-limits.js';
import type { Logger } from '../domain/logger.js';
import { createLifecycle, type Lifecycle } from '../process/lifecycle.js';
import { createLogger } from '../telemetry/log.js';
import type { LogOutput } from '../telemetry/log-output.js';
import { handleSignals } from '../process/process-signals.js';
import { maskLogText } from '../domain/secrets/mask.js';
import type { Cli } from './define.js';
import { EXIT } from './exit-codes.js';
import { CliFailure } from './failure.js';
import { readConfig } from './settings.js';

/** Resources of a long-running command during start-up. */
export interface Host {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly log: Logger;
  readonly logLinesDropped: () => number;
  readonly lifecycle: Lifecycle;
  /** Closes everything and ends the process with the message of the error: a part is lost for good. */
  readonly fail: (error: Error) => void;
}

export interface HostOptions {
  readonly overrides?: Overrides;
  /** File descriptor of the log: stdout for a service, stderr when stdout has output for a person. */
  readonly logFd: 1 | 2;
  /** Meaning of SIGHUP. Default `reload`. */
  readonly hangup?: 'reload' | 'close';
}

/**
 * Reads the configuration, starts, and runs until a process signal closes everything.
 * When start-up fails, it closes the parts already started.
 */
export async function runHost(
  cli: Cli,
  options: HostOptions,
  start: (host: Host) => Promise<void>,
): Promise<void> {
  const config = readConfig(cli.terminal, options.overrides);
  const { log, output } = await openLog(cli, config, options.logFd);
  const { closeMs: deadlineMs, reservedMs, logMs } = STOP_LIMITS;
  const lifecycle = createLifecycle({ log, deadlineMs, reservedMs });
  const { signals: source, exit } = cli.runtime;
  const { hangup = 'reload' } = options;
  const handled = handleSignals({ lifecycle, log, source, exit, hangup });
  let lost: Error | undefined;
  let fail: Host['fail'] = () => undefined;
  const failed = new Promise<boolean>((resolve) => {
    fail = (error) => {
      lost ??= error;
      resolve(lifecycle.close(error.message));
    };
  });
  try {
    checkDataFolder(config);
    const secrets = await resolveSecrets(config, () => cli.runtime.mintAdminToken());
    const host = { config, secrets, log, lifecycle, logLinesDropped: () => output.dropped() };
    await endedByStop(lifecycle, start({ ...host, fail }));
  } catch (error) {
    // A process signal during start-up closes parts that the rest needs: not a failure.
    if (!lifecycle.closing) {
      await lifecycle.close('start-up failed');
      handled.stop();
      await output.drain(logMs);
      throw asFailure(error);
    }
    if (error instanceof StartUpStuck) cli.exitWith(EXIT.unavailable);
    log.info({ err: error }, 'start-up was interrupted');
  }
  await Promise.race([handled.closed, failed]);
  // Called again, since start-up may have registered more parts after the signal.
  if (!(await lifecycle.close('signal'))) cli.exitWith(EXIT.unavailable);
  handled.stop();
  await output.drain(logMs);
  if (lost !== undefined) throw new CliFailure(EXIT.unavailable, maskLogText(lost.message));
}

async function openLog(
  cli: Cli,
  { log: { level }, warnings }: Config,
  fd: HostOptions['logFd'],
): Promise<{ readonly log: Logger; readonly output: LogOutput }> {
  const output = await cli.runtime.openLog(fd);
  const log = createLogger({
    level,
    write: (line) => {
      output.write(line);
    },
  });
  for (const warning of warnings) log.warn({ warning }, 'configuration');
  return { log, output };
}

/** A start-up that did not end after a process signal. */
class StartUpStuck extends Error {
  override readonly name = 'StartUpStuck';
}

/**
 * Waits for the start-up, which ends its waits on a process signal.
 * Throws StartUpStuck when it does not end in time after the shutdown.
 */
async function endedByStop(lifecycle: Lifecycle, starting: Promise<void>): Promise<void> {
  const ended = new AbortController();
  const stuck = new Promise<never>((_, reject) => {
    const onStop = async (): Promise<void> => {
      const from = performance.now();
      await lifecycle.close('signal');
      const leftMs = STOP_LIMITS.startMs - (performance.now() - from);
      await pause(Math.max(leftMs, STOP_LIMITS.lastMs), ended.signal);
      reject(new StartUpStuck(`not ended ${String(STOP_LIMITS.startMs)} ms after the signal`));
    };
    const begin = () => void onStop().catch(() => undefined);
    lifecycle.stopping.addEventListener('abort', begin, { once: true, signal: ended.signal });
  });
  try {
    await Promise.race([starting, stuck]);
  } finally {
    ended.abort();
  }
}

function asFailure(error: unknown): CliFailure {
  if (error instanceof CliFailure) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new CliFailure(EXIT.unavailable, `cannot start: ${maskLogText(why)}`);
}
