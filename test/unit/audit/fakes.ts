import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditSink } from '../../../src/audit/sinks.js';
import type { AuditEvent, StoredAuditEvent } from '../../../src/domain/audit.js';
import type {
  AuditStreams,
  EntryIdentity,
  RetryRequest,
  RetryRequests,
  StreamEntry,
  StreamName,
} from '../../../src/domain/worker-ports.js';

/** A folder for one test file, removed by the returned function. */
export function scratchFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'cs-audit-'));
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A principal that reads, and reads that no other principal delays. */
export const READING = { principal: { kind: 'admin', id: 'ann' } } as const;
export function inTurn<Reads extends object>(reader: Reads): Reads & { of(): Reads } {
  return { ...reader, of: () => reader };
}

export function event(members: Partial<AuditEvent> = {}): AuditEvent {
  return { type: 'access.granted', principal: { kind: 'agent', id: 'crawler' }, ...members };
}

export function entry(
  seq: number,
  events: readonly AuditEvent[] = [event({ request_id: `req_${String(seq)}` })],
  place: { epoch?: string; tickMs?: number } = {},
): StreamEntry {
  const tickMs = place.tickMs ?? 1_000 + seq;
  const streamId = `${String(tickMs)}-${String(seq)}`;
  return { streamId, epoch: place.epoch ?? 'e1', seq, tickMs, events };
}

/** Negative, zero or positive as `a` is before, at or after `b` in a stream. */
function compareStreamIds(a: string, b: string): number {
  const [tickA = 0, seqA = 0] = a.split('-').map(Number);
  const [tickB = 0, seqB = 0] = b.split('-').map(Number);
  return tickA - tickB || seqA - seqB;
}

/** Streams in memory. `onStep` is called before and after everything, and may throw: that is a crash. */
export class FakeStreams implements AuditStreams {
  readonly entries = new Map<StreamName, StreamEntry[]>();
  owner: string | undefined;
  onStep: (step: string) => void = () => undefined;

  constructor(readonly names: readonly StreamName[] = [0, 'control']) {
    for (const name of names) this.entries.set(name, []);
  }

  of(stream: StreamName): StreamEntry[] {
    return this.entries.get(stream) ?? [];
  }

  async read(stream: StreamName, after: string, count: number): Promise<readonly StreamEntry[]> {
    await this.step('before read');
    const found = this.of(stream).filter((item) => compareStreamIds(item.streamId, after) > 0);
    await this.step('after read');
    return found.slice(0, count);
  }

  async trimThrough(stream: StreamName, streamId: string): Promise<void> {
    await this.step('before trim');
    const kept = this.of(stream).filter((item) => compareStreamIds(item.streamId, streamId) > 0);
    this.entries.set(stream, kept);
    await this.step('after trim');
  }

  async tips(): Promise<ReadonlyMap<StreamName, EntryIdentity>> {
    await this.step('tips');
    return new Map(
      this.names.flatMap((name) =>
        this.of(name)
          .slice(-1)
          .map((last) => [name, last] as const),
      ),
    );
  }

  async claim(storeId: string): Promise<boolean> {
    await this.step('claim');
    this.owner ??= storeId;
    return this.owner === storeId;
  }

  private async step(name: string): Promise<void> {
    await Promise.resolve();
    this.onStep(name);
  }
}

/** Requests to retry, in memory; at most `max` wait. */
export class FakeRetries implements RetryRequests {
  readonly waiting = new Map<string, string>();
  readonly events: AuditEvent[] = [];
  constructor(readonly max = 10) {}

  add(deliveryId: string, about: AuditEvent): Promise<boolean> {
    if (!this.waiting.has(deliveryId) && this.waiting.size >= this.max) {
      return Promise.resolve(false);
    }
    this.waiting.set(deliveryId, String(this.events.push(about)));
    return Promise.resolve(true);
  }

  list(): Promise<readonly RetryRequest[]> {
    return Promise.resolve([...this.waiting].map(([deliveryId, mark]) => ({ deliveryId, mark })));
  }

  remove({ deliveryId, mark }: RetryRequest): Promise<void> {
    if (this.waiting.get(deliveryId) === mark) this.waiting.delete(deliveryId);
    return Promise.resolve();
  }
}

/** A sink in memory. `onStep` is called before and after each write, and may throw. */
export class MemorySink implements AuditSink {
  readonly lines: string[] = [];
  onStep: (step: string) => void = () => undefined;
  follow?: () => Promise<void>;
  constructor(
    readonly name: string,
    readonly from: 'oldest' | 'next' = 'oldest',
  ) {}
  write(lines: readonly string[]): Promise<void> {
    this.onStep('before sink');
    this.lines.push(...lines);
    this.onStep('after sink');
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
  ids(): readonly string[] {
    return this.lines.map((line) => (JSON.parse(line) as StoredAuditEvent).request_id ?? 'gap');
  }
}
