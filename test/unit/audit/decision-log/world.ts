import { STREAM_START } from '../../../../src/audit/stream-id.js';
import type { Prepared, PrepareOptions } from '../../../../src/audit/decision-log/prepare.js';
import type { DecisionSink, Delivered } from '../../../../src/audit/decision-log/sink.js';
import type { AuditStore } from '../../../../src/audit/store.js';
import type { AuditEvent } from '../../../../src/domain/audit.js';
import type { DecisionEvent } from '../../../../src/domain/decision-log.js';
import { entry } from '../fakes.js';

export const PREPARE: PrepareOptions = {
  labels: { id: 'test' },
  entrypoint: 'countersign/decision',
  bundle: 'countersign',
  masks: [],
};

/** A denial that a policy decided. */
export function denial(id: string, members: Partial<AuditEvent> = {}): AuditEvent {
  return {
    type: 'access.denied',
    principal: { kind: 'agent', id: 'crawler' },
    agent_id: 'crawler',
    resource: 'stripe',
    decision_id: id,
    effect: 'deny',
    rules: ['countersign.scopes'],
    codes: ['scope_not_granted'],
    policy_revision: 'r1',
    input_digest: 'sha256:00',
    ...members,
  };
}

/** Appends events to a store as the exporter does. */
export class Writer {
  #seq = 0;
  constructor(readonly store: () => AuditStore) {}

  append(...events: readonly AuditEvent[]): void {
    const store = this.store();
    const entries = events.map((one) => {
      this.#seq += 1;
      return entry(this.#seq, [one]);
    });
    const next = { epoch: 'e1', streamId: entries.at(-1)?.streamId ?? STREAM_START };
    store.appendBatch(0, store.cursor(0), entries, next);
  }
}

/** A sink in memory that takes up to `most` events at a time. `onStep` may throw: that is a crash. */
export class MemoryDecisionSink implements DecisionSink {
  readonly name = 'memory';
  readonly chunks: DecisionEvent[][] = [];
  most = 3;
  onStep: (step: string) => void = () => undefined;

  async deliver(events: readonly DecisionEvent[]): Promise<Delivered> {
    await Promise.resolve();
    this.onStep('before delivery');
    const taken = events.slice(0, this.most);
    this.chunks.push([...taken]);
    this.onStep('after delivery');
    return { taken: taken.length, outcome: 'sent', cut: 0 };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  ids(): string[] {
    return this.chunks.flat().map((event) => event.decision_id);
  }
}

/** The event that must have come out. */
export function logged({ event }: Prepared): DecisionEvent {
  if (event === undefined) throw new Error('the event was dropped');
  return event;
}
