import type { StreamName } from '../domain/worker-ports.js';
import type { Database } from './database.js';
import { STREAM_START } from './stream-id.js';

/**
 * The entry committed last, for detecting another exporter.
 * Not a position to read from: a restored Redis writes below its id, and may give the id itself to another entry.
 */
export interface StreamCursor {
  readonly epoch: string;
  readonly streamId: string;
}

/** Returns the cursor of the latest epoch; undefined when nothing of the stream was ever read. */
export function currentCursor(database: Database, stream: StreamName): StreamCursor | undefined {
  const [row] = database.all(
    'SELECT epoch, stream_id FROM cursors WHERE stream = ? ORDER BY ordinal DESC LIMIT 1',
    [String(stream)],
  );
  if (row === undefined) return undefined;
  return { epoch: String(row['epoch']), streamId: String(row['stream_id']) };
}

/** Returns the highest sequence of each epoch of the stream; undefined for an epoch without one. */
export function readLastSeqs(
  database: Database,
  stream: StreamName,
): Map<string, number | undefined> {
  const rows = database.all(
    'SELECT epoch, last_seq FROM cursors WHERE stream = ? ORDER BY ordinal',
    [String(stream)],
  );
  return new Map(
    rows.map((row) => [
      String(row['epoch']),
      row['last_seq'] === null ? undefined : Number(row['last_seq']),
    ]),
  );
}

/** Stores the sequences and makes `next` the current cursor. */
export function moveCursor(
  database: Database,
  stream: StreamName,
  lastSeqs: ReadonlyMap<string, number | undefined>,
  next: StreamCursor,
): void {
  const name = String(stream);
  const ordinal = (): number =>
    Number(
      database.all('SELECT coalesce(max(ordinal), 0) + 1 AS next FROM cursors WHERE stream = ?', [
        name,
      ])[0]?.['next'],
    );
  for (const [epoch, lastSeq] of lastSeqs) {
    database.run(
      `INSERT INTO cursors (stream, epoch, ordinal, stream_id, last_seq) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (stream, epoch) DO UPDATE SET last_seq = excluded.last_seq`,
      [name, epoch, ordinal(), STREAM_START, lastSeq ?? null],
    );
  }
  // A new epoch in `next` comes last among those of its batch, so it gets the highest ordinal.
  database.run(
    `INSERT INTO cursors (stream, epoch, ordinal, stream_id, last_seq) VALUES (?, ?, ?, ?, NULL)
     ON CONFLICT (stream, epoch) DO UPDATE SET stream_id = excluded.stream_id`,
    [name, next.epoch, ordinal(), next.streamId],
  );
}
