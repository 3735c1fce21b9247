import type { AuditEvent } from './audit.js';

/** The result of a reset: slots that were reset and not, and how far ahead the farthest was. */
export interface ClockReset {
  readonly reset: number;
  readonly kept: number;
  readonly aheadMs: number;
}

export interface ClockResetter {
  /**
   * Sets every tick that is ahead of the store's clock back, and records the event in each such slot.
   * Repeatable. Throws 503 while the store's clock and this node's differ.
   */
  reset(event: AuditEvent): Promise<ClockReset>;
}
