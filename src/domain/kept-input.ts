import type { AuditEvent } from './audit.js';

/** What is kept of a decision's input. */
export interface KeptInput {
  /** JSON text; undefined when it is not kept. */
  readonly text: string | undefined;
  /** What the event says of it. */
  readonly note: Pick<AuditEvent, 'input_masked' | 'not_replayable'>;
}

/** Masks an input's canonical text, or says why it is not kept. Never throws. */
export type KeepInput = (inputText: string) => KeptInput;
