import { rename, stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { createFileSink, createStreamSink, type AuditSink } from '../sinks.js';
import type { DecisionSink } from './sink.js';

export interface RotatingFileOptions {
  /** Older files are `<path>.1` (the newest) to `<path>.<keep>`. */
  readonly path: string;
  readonly maxBytes: number;
  /** Number of older files to keep. */
  readonly keep: number;
}

/** Creates a log file with one event a line (mode 0600, fsynced), which is rotated when it is full. */
export function createRotatingFile(options: RotatingFileOptions): DecisionSink {
  const file = createFileSink(options.path);
  return {
    name: 'file',
    deliver: async (events) => {
      const size = await sizeOf(options.path);
      const lines = events.map((event) => JSON.stringify(event));
      const count = fitting(lines, options.maxBytes - size);
      if (count > 0 || size === 0) return write(file, lines.slice(0, Math.max(1, count)));
      await file.close();
      await setAside(options);
      return write(file, lines.slice(0, Math.max(1, fitting(lines, options.maxBytes))));
    },
    close: () => file.close(),
  };
}

/** Creates a log with one event a line on a stream such as standard output. */
export function createStreamLog(stream: Writable): DecisionSink {
  const out = createStreamSink('decision-log', stream);
  return {
    name: 'stdout',
    deliver: (events, stopping) =>
      write(
        out,
        events.map((event) => JSON.stringify(event)),
        stopping,
      ),
    close: () => out.close(),
  };
}

async function write(
  sink: AuditSink,
  lines: readonly string[],
  stopping?: AbortSignal,
): Promise<Awaited<ReturnType<DecisionSink['deliver']>>> {
  await sink.write(lines, stopping);
  return { taken: lines.length, outcome: 'sent', cut: 0 };
}

/** Returns how many of the first lines fit into the given bytes. */
function fitting(lines: readonly string[], bytes: number): number {
  let left = bytes;
  const over = lines.findIndex((line) => (left -= Buffer.byteLength(line) + 1) < 0);
  return over < 0 ? lines.length : over;
}

/** Rotates the files, up to the first free number, so that an interrupted rotation loses none. */
async function setAside({ path, keep }: RotatingFileOptions): Promise<void> {
  const name = (n: number): string => (n === 0 ? path : `${path}.${String(n)}`);
  let free = 1;
  while (free < keep && (await sizeOf(name(free))) > 0) free += 1;
  for (let n = free; n > 0; n--) await rename(name(n - 1), name(n));
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    throw error;
  }
}
