import type { Writable } from 'node:stream';
import { LineFile } from './line-file.js';

/** A further destination of events. Each event is one line of JSON without its newline. */
export interface AuditSink {
  /** Its name in the store's table of sink positions; a changed name starts over. */
  readonly name: string;
  /** Start of a new sink: the oldest event in the store, or the next one. */
  readonly from: 'oldest' | 'next';
  /**
   * Detects that its file was rotated. Called before each export, with or without new events.
   * Throws LinesMissing, as `write` does, when lines that were written may be lost.
   */
  follow?(): Promise<void>;
  /** Makes the next export open the file again. */
  reopen?(): void;
  /**
   * Resolves when the lines are durable. A crash right after may repeat them: at least once.
   * A wait for a reader ends once `stopping` aborts.
   */
  write(lines: readonly string[], stopping?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Creates a sink that appends to a JSONL file. Follows the rotation of the file by rename, copy and removal. */
export function createFileSink(path: string): AuditSink {
  const file = new LineFile(path);
  return {
    name: `file:${path}`,
    from: 'oldest',
    follow: () => file.follow(),
    reopen: () => {
      file.reopenSoon();
    },
    write: async (lines) => {
      try {
        await file.append(lines);
      } catch (error) {
        // Part of a line may be in the file: the next write reopens the file and cuts that off.
        await file.close().catch(() => undefined);
        throw error;
      }
    },
    close: () => file.close(),
  };
}

/** Deadline of one write to a stream, in milliseconds. */
const STREAM_DEADLINE_MS = 5000;

/**
 * Creates a sink on a stream such as standard output.
 * It starts with the next event. A write fails at its deadline, when the signal aborts, and at once while an earlier one
 * still waits for the reader. Unwritten lines stay in the store and are written again.
 */
export function createStreamSink(
  name: string,
  stream: Writable,
  deadlineMs = STREAM_DEADLINE_MS,
): AuditSink {
  let waiting = false;
  return {
    name: `stream:${name}`,
    from: 'next',
    write: (lines, stopping) =>
      new Promise((resolve, reject) => {
        if (waiting) {
          reject(new Error(`the reader of ${name} is blocked`));
          return;
        }
        waiting = true;
        const endWait = (): void => {
          clearTimeout(timer);
          stopping?.removeEventListener('abort', fail);
        };
        const fail = (): void => {
          endWait();
          reject(new Error(`the reader of ${name} did not take the lines in time`));
        };
        const timer = setTimeout(fail, deadlineMs);
        stopping?.addEventListener('abort', fail);
        stream.write(lines.map((line) => `${line}\n`).join(''), (error) => {
          waiting = false;
          endWait();
          if (error) reject(error);
          else resolve();
        });
      }),
    close: () => Promise.resolve(),
  };
}
