import type { Decision } from '../../domain/policy.js';
import type { KeepInput, KeptInput } from '../../domain/kept-input.js';

/** Returns the recorded part of a decision's input; undefined when the engine returned no text of it. */
export function keptInput(
  { keepInput }: { readonly keepInput: KeepInput },
  { inputText }: Decision,
): KeptInput | undefined {
  return inputText === undefined ? undefined : keepInput(inputText);
}
