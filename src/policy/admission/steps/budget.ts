import fc from 'fast-check';
import type { PolicyInput } from '../../../domain/policy.js';
import { canonicalJson } from '../../json/canonical.js';
import { PROBE_INPUT } from '../../probe.js';
import type { Candidate } from '../candidate.js';
import type { Inputs } from '../inputs/around.js';
import { worstCases } from '../inputs/worst-case.js';
import { EVALUATION_MAX_MS, LARGEST_MAX_MS, type AdmissionOptions } from '../options.js';
import type { Found } from '../step-runner.js';
import type { Whereabouts } from '../whereabouts.js';
import { measureEach, measureMany, milliseconds } from './measure.js';

const ORDINARY_INPUTS = 200;
/** Ordinary inputs that are also tried cold. */
const TRIED_COLD = 8;
const INPUT_MAX_BYTES = 256 * 1024;

/**
 * Step `budget`: how long evaluations take and how much memory they leave behind, on ordinary inputs and on the
 * largest ones the service would pass on.
 */
export function measureBudget(
  candidate: Candidate,
  inputs: Inputs | undefined,
  options: AdmissionOptions,
  where: Whereabouts,
): Found<undefined> {
  const ordinaryMs = options.evaluationMaxMs ?? EVALUATION_MAX_MS;
  const largestMs = Math.max(ordinaryMs, options.largestMaxMs ?? LARGEST_MAX_MS);
  const [base = PROBE_INPUT, ...others] = inputs?.granted ?? [];
  const ordinary = [base, ...others]
    .slice(0, TRIED_COLD)
    .map((one) => ['an ordinary input', one] as const);
  const largest = worstCases(base, options.inputMaxBytes ?? INPUT_MAX_BYTES);

  where.doing('budget: ordinary inputs');
  const many = measureMany(candidate, sampleOf(inputs).map(bytesOf));
  const problems = [...many.problems];
  const warnings: string[] = [];
  let slowestMs = 0;
  for (const [list, limitMs] of [
    [ordinary, ordinaryMs] as const,
    [[...largest], largestMs] as const,
  ]) {
    for (const [name, input] of list) {
      where.doing(`budget: ${name}`);
      const one = measureEach(candidate, bytesOf(input), { limitMs, warnMs: ordinaryMs });
      slowestMs = Math.max(slowestMs, one.slowestMs);
      problems.push(...one.problems.map((problem) => `${name}: ${problem}`));
      warnings.push(...one.warnings.map((warning) => `${name}: ${warning}`));
    }
  }
  const detail = `${many.detail}; slowest of the largest inputs ${milliseconds(slowestMs)}`;
  return { value: undefined, detail, problems: [...new Set(problems)], warnings };
}

function sampleOf(inputs: Inputs | undefined): readonly PolicyInput[] {
  if (inputs === undefined) return [PROBE_INPUT];
  return fc.sample(inputs.arbitrary, { numRuns: ORDINARY_INPUTS, seed: 1 });
}

function bytesOf(input: PolicyInput): Uint8Array {
  return Buffer.from(canonicalJson(input));
}
