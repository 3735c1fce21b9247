import type { AuditEvent } from '../../domain/audit.js';

/** Events that a sink will never receive. They stay in the audit store. */
export interface Loss {
  readonly reason: 'overflow' | 'too_large';
  readonly events: number;
  readonly bytes: number;
  /** Times of the first and the last lost event. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The row after which the sink continues. */
  readonly through: number;
}

/** Alarm of a loss, delivered to webhooks that subscribe to `audit.gap`. */
export const LOSS_ALARM = 'decision_log_lost';

/** Returns the event of a loss: its size and time range. */
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
