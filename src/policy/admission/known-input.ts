import type { KnownInput } from '../../domain/policy-lifecycle.js';
import type { PolicyInput } from '../../domain/policy.js';
import { canonicalJson, NotCanonical } from '../json/canonical.js';
import { PROBE_INPUT } from '../serving/probe.js';
import type { Candidate } from './candidate.js';
import type { Inputs } from './inputs/around.js';

/** Maximum size of the input, in bytes: it is kept with the report and evaluated every few seconds. */
const MAX_BYTES = 16 * 1024;

/**
 * Selects the input for the known answer, which shows whether an instance is sound.
 * Prefers the smallest granted input, then one denied with reasons, then the probe, which every bundle decides.
 */
export function knownInput(
  candidate: Candidate,
  cases: readonly PolicyInput[],
  inputs: Inputs | undefined,
): KnownInput {
  const granted = smallest(inputs?.granted ?? []);
  const input = granted ?? denied(candidate, cases) ?? PROBE_INPUT;
  return { input, effect: candidate.decide(input).effect };
}

function smallest(inputs: readonly PolicyInput[]): PolicyInput | undefined {
  const sized = inputs.map((input) => ({ input, bytes: bytesOf(input) }));
  const fitting = sized.filter(({ bytes }) => bytes <= MAX_BYTES).sort((a, b) => a.bytes - b.bytes);
  return fitting[0]?.input;
}

function denied(candidate: Candidate, cases: readonly PolicyInput[]): PolicyInput | undefined {
  return [PROBE_INPUT, ...cases].find((input) => {
    const { result } = candidate.decide(input);
    return (result?.reasons.length ?? 0) > 0 && bytesOf(input) <= MAX_BYTES;
  });
}

/** Returns Infinity for an invalid input. */
function bytesOf(input: PolicyInput): number {
  try {
    return Buffer.byteLength(canonicalJson(input));
  } catch (error) {
    if (error instanceof NotCanonical) return Infinity;
    throw error;
  }
}
