import { type FileHandle, open } from 'node:fs/promises';
import type { Writable } from 'node:stream';

/** A further destination of events. Each event is one line of JSON without its newline. */
export interface AuditSink {
  /** Its name in the store's table of sink positions; a changed name starts over. */
  readonly name: string;
  /** Start of a new sink: the oldest event in the store, or the next one. */
  readonly from: 'oldest' | 'next';
  /** Resolves when the lines are durable. A crash right after may repeat them: at least once. */
  write(lines: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const NEWLINE = 0x0a;
const CHUNK_BYTES = 65_536;

/** Removes a last line torn by a crash; its event is written again. */
async function cutTornLine(file: FileHandle): Promise<void> {
  let end = (await file.stat()).size;
  const buffer = Buffer.alloc(CHUNK_BYTES);
  while (end > 0) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const { bytesRead } = await file.read(buffer, 0, end - start, start);
    const newline = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (newline >= 0) {
      await file.truncate(start + newline + 1);
      return;
    }
    end = start;
  }
  await file.truncate(0);
}

/** Creates a sink that appends to a JSONL file (mode 0600), fsynced for each batch. */
export function createFileSink(path: string): AuditSink {
  let opened: Promise<FileHandle> | undefined;
  const prepare = async (): Promise<FileHandle> => {
    // Read and write, created when absent: append mode does not allow cutting a torn line.
    const maker = await open(path, 'a', 0o600);
    await maker.close();
    const file = await open(path, 'r+');
    await file.chmod(0o600);
    await cutTornLine(file);
    await file.close();
    return open(path, 'a', 0o600);
  };
  const forget = async (): Promise<void> => {
    const file = await opened?.catch(() => undefined);
    opened = undefined;
    await file?.close();
  };
  return {
    name: `file:${path}`,
    from: 'oldest',
    write: async (lines) => {
      opened ??= prepare();
      try {
        const file = await opened;
        await file.appendFile(lines.map((line) => `${line}\n`).join(''));
        await file.datasync();
      } catch (error) {
        // Part of a line may be in the file: the next write reopens the file and cuts that off.
        await forget().catch(() => undefined);
        throw error;
      }
    },
    close: forget,
  };
}

/** Deadline of one write to a stream, in milliseconds. */
const STREAM_DEADLINE_MS = 5000;

/**
 * Creates a sink on a stream such as standard output.
 * It starts with the next event. A write fails at its deadline, and at once while an earlier one still waits for the
 * reader. Unwritten lines stay in the store and are written again.
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
    write: (lines) =>
      new Promise((resolve, reject) => {
        if (waiting) {
          reject(new Error(`the reader of ${name} is blocked`));
          return;
        }
        waiting = true;
        const timer = setTimeout(() => {
          reject(new Error(`the reader of ${name} did not take the lines in time`));
        }, deadlineMs);
        stream.write(lines.map((line) => `${line}\n`).join(''), (error) => {
          waiting = false;
          clearTimeout(timer);
          if (error) reject(error);
          else resolve();
        });
      }),
    close: () => Promise.resolve(),
  };
}
