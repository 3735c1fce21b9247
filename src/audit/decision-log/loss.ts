import type { AuditEvent } from '../../domain/audit.js';

/** Events that a sink will never get. They stay in the audit store. */
export interface Loss {
  readonly reason: 'overflow' | 'too_large';
  readonly events: number;
  readonly bytes: number;
  /** Times of the first and the last of them. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The row the sink goes on after. */
  readonly through: number;
}

/** Set off by a loss; webhooks that want `audit.gap` are told. */
export const LOSS_ALARM = 'decision_log_lost';

/** The record of a loss: how many, and from when to when. */
export function overflowEvent(sink: string, loss: Loss): AuditEvent {
  return {
    type: 'audit.gap',
    principal: { kind: 'system', id: 'decision-log' },
    alarms: [LOSS_ALARM],
    detail: {
      kind: `decision_log_${loss.reason}`,
      sink,
      lost: loss.events,
      bytes: loss.bytes,
      from: new Date(loss.fromMs).toISOString(),
      to: new Date(loss.toMs).toISOString(),
      through_row: loss.through,
    },
  };
}
