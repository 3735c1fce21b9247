import { constants, openSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { isatty } from 'node:tty';

/** The output of log lines. A slow or stalled reader never blocks a writer. */
export interface LogOutput {
  /** Writes a line that ends in a newline, or drops and counts it. Never blocks and never throws. */
  write(line: string): void;
  /** Returns the number of lines dropped since the process started. */
  dropped(): number;
  /** Resolves to true once every accepted line left the process, to false at the deadline. */
  drain(deadlineMs: number): Promise<boolean>;
}

export interface LogOutputOptions {
  /** Maximum bytes queued for the reader; further lines are dropped. */
  readonly maxPendingBytes?: number;
  readonly nowMs?: () => number;
}

const MAX_PENDING_BYTES = 1024 * 1024;
const RETRY_MS = 20;

/**
 * Returns an output over an asynchronous stream.
 *
 * After a first drop, lines are dropped until half of the bound is free; then one line states the number dropped.
 */
export function createLogOutput(stream: Writable, options: LogOutputOptions = {}): LogOutput {
  const { maxPendingBytes = MAX_PENDING_BYTES, nowMs = Date.now } = options;
  let pendingBytes = 0;
  let dropped = 0;
  let reported = 0;
  let gone = false;
  const waiting = new Set<() => void>();
  stream.on('error', () => {
    gone = true;
    settle(waiting);
  });
  const send = (bytes: Buffer): void => {
    pendingBytes += bytes.length;
    stream.write(bytes, () => {
      pendingBytes -= bytes.length;
      if (pendingBytes === 0) settle(waiting);
    });
  };
  return {
    write(line) {
      const bytes = Buffer.from(line);
      const bound = dropped > reported ? maxPendingBytes / 2 : maxPendingBytes;
      if (gone || pendingBytes + bytes.length > bound) {
        dropped += 1;
        return;
      }
      if (dropped > reported) send(noticeOf(dropped - reported, nowMs()));
      reported = dropped;
      send(bytes);
    },
    dropped: () => dropped,
    drain: (deadlineMs) =>
      gone || pendingBytes === 0 ? Promise.resolve(!gone) : settled(waiting, deadlineMs),
  };
}

/**
 * Opens an output on standard output (1) or standard error (2).
 *
 * Node writes to pipes and sockets without blocking. A terminal can stall (Ctrl-S), so it is reopened in non-blocking
 * mode; files never stall.
 */
export function openLogOutput(fd: 1 | 2): LogOutput {
  const standard = fd === 1 ? process.stdout : process.stderr;
  return createLogOutput((isatty(fd) ? openTerminal(fd) : undefined) ?? standard);
}

/** Opens a terminal; undefined when another user owns it or the system has no names for open files. */
function openTerminal(fd: number): Writable | undefined {
  const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
  try {
    return nonBlocking(openSync(`/dev/fd/${String(fd)}`, O_WRONLY | O_NONBLOCK | O_NOCTTY));
  } catch {
    return undefined;
  }
}

/** Returns a stream over a non-blocking descriptor that cannot be polled: it retries while it is full. */
function nonBlocking(fd: number): Writable {
  const push = (bytes: Buffer, done: (error?: Error) => void): void => {
    try {
      const rest = bytes.subarray(writeSync(fd, bytes));
      if (rest.length === 0) done();
      else push(rest, done);
    } catch (error) {
      const full = error instanceof Error && 'code' in error && error.code === 'EAGAIN';
      if (full)
        setTimeout(() => {
          push(bytes, done);
        }, RETRY_MS).unref();
      else done(error instanceof Error ? error : new Error(String(error)));
    }
  };
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      push(chunk, done);
    },
  });
}

function noticeOf(lost: number, nowMs: number): Buffer {
  const time = new Date(nowMs).toISOString();
  const msg = 'log lines dropped; the reader of the log was too slow';
  return Buffer.from(`${JSON.stringify({ level: 'warn', time, lost, msg })}\n`);
}

function settle(waiting: Set<() => void>): void {
  for (const resolve of waiting) resolve();
  waiting.clear();
}

function settled(waiting: Set<() => void>, deadlineMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(false);
    }, deadlineMs);
    waiting.add(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
