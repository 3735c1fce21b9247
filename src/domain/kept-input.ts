import type { AuditEvent } from './audit.js';

/** The stored form of a decision's input. */
export interface KeptInput {
  /** JSON text; undefined when the input is not stored. */
  readonly text: string | undefined;
  /** Members of the event that describe it. */
  readonly note: Pick<AuditEvent, 'input_masked' | 'not_replayable'>;
}

/** Masks an input's canonical text, or states why it is not stored. Never throws. */
export type KeepInput = (inputText: string) => KeptInput;
