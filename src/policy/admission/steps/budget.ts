import fc from 'fast-check';
import type { PolicyInput } from '../../../domain/policy.js';
import type { FuelUse } from '../../../domain/policy-lifecycle.js';
import { canonicalJson } from '../../json/canonical.js';
import { PROBE_INPUT } from '../../serving/probe.js';
import type { Candidate } from '../candidate.js';
import type { Inputs } from '../inputs/around.js';
import { worstCases } from '../inputs/worst-case.js';
import { EVALUATION_MAX_MS, LARGEST_MAX_MS, type AdmissionOptions } from '../options.js';
import type { Found } from '../step-runner.js';
import type { Whereabouts } from '../whereabouts.js';
import { reportFuel } from './fuel.js';
import { measureEach, measureMany, milliseconds, type Measured } from './measure.js';

const ORDINARY_INPUTS = 200;
const ORDINARY = 'an ordinary input';
/** Inputs that are tried cold, each with the largest inputs around it. */
const BASES = 2;
/**
 * Minimum number of measured inputs: an ordinary one and the first two of the largest.
 * The remaining ones get only part of the time.
 */
const NEEDED = 3;
const SPARE_SHARE = 0.4;
const INPUT_MAX_BYTES = 256 * 1024;

interface SizedInput {
  readonly name: string;
  readonly input: PolicyInput;
  readonly limitMs: number;
}

/**
 * Runs step `budget`: measures evaluation time, memory growth and fuel.
 * Uses ordinary inputs and the largest valid ones.
 */
export function measureBudget(
  candidate: Candidate,
  inputs: Inputs | undefined,
  options: AdmissionOptions,
  where: Whereabouts,
  endMs: number,
): Found<FuelUse | undefined> {
  const [sizes, most] = inputsOf(inputs, options);
  const measured: (Measured & SizedInput)[] = [];
  const startMs = performance.now();
  const spareEndMs = startMs + (endMs - startMs) * SPARE_SHARE;
  for (const [i, sized] of sizes.entries()) {
    const { name, input, limitMs } = sized;
    if (performance.now() > (i < NEEDED ? endMs : spareEndMs)) {
      const detail = `time limit reached after ${String(i)} of ${String(sizes.length)} inputs`;
      return { value: undefined, ...outOfTime(detail, i), warnings: warningsOf(measured) };
    }
    where.doing(`budget: ${name}`);
    const one = measureEach(candidate, bytesOf(input), { limitMs, warnMs: most });
    measured.push({ ...sized, ...one });
    // A policy too slow on one input would use up the time for all.
    if (one.problems.length > 0) {
      return {
        value: undefined,
        detail: 'stopped at the first input over the budget',
        problems: one.problems.map((problem) => `${name}: ${problem}`),
        warnings: warningsOf(measured),
      };
    }
  }
  const ordinary = sampleOf(inputs).map(bytesOf);
  return measureRest(candidate, measured, ordinary, where, { endMs, spareEndMs });
}

/** Returns the warnings of each name once, for the base on which it was slowest. */
function warningsOf(measured: readonly (Measured & SizedInput)[]): string[] {
  const slowest = new Map<string, Measured>();
  for (const one of measured) {
    const before = slowest.get(one.name);
    if (before === undefined || one.slowestMs > before.slowestMs) slowest.set(one.name, one);
  }
  return [...slowest].flatMap(([name, { warnings }]) =>
    warnings.map((warning) => `${name}: ${warning}`),
  );
}

/** Reports the fuel of every input, and measures ordinary inputs in turn. */
function measureRest(
  candidate: Candidate,
  measured: readonly (Measured & SizedInput)[],
  ordinary: readonly Uint8Array[],
  where: Whereabouts,
  { endMs, spareEndMs }: { readonly endMs: number; readonly spareEndMs: number },
): Found<FuelUse> {
  where.doing('budget: fuel');
  const used = measured.map(({ name, fuelUsed }) => {
    return { name, used: fuelUsed, largest: name !== ORDINARY };
  });
  const fuel = reportFuel(candidate, used, ordinary, spareEndMs);
  where.doing('budget: ordinary inputs, one after the other');
  const many = measureMany(candidate.fresh(), ordinary, endMs);
  const slowestMs = Math.max(0, ...measured.map((one) => one.slowestMs));
  const { highest, budget } = fuel.use;
  const detail =
    `${many.detail}; slowest of the largest inputs ${milliseconds(slowestMs)}; ` +
    `at most ${String(highest)} of ${String(budget)} units of fuel`;
  return {
    value: fuel.use,
    detail,
    problems: [...many.problems, ...fuel.problems],
    warnings: [...warningsOf(measured), ...fuel.warnings],
  };
}

/** Returns the outcome at the end of the time: only a warning once every kind of input was measured. */
function outOfTime(
  detail: string,
  measured: number,
): { readonly detail: string; readonly problems: string[] } {
  return { detail, problems: measured < NEEDED ? [`too slow to be measured: ${detail}`] : [] };
}

/** Returns named inputs with their limits, and the limit of an ordinary input, in milliseconds. */
function inputsOf(
  inputs: Inputs | undefined,
  options: AdmissionOptions,
): readonly [readonly SizedInput[], number] {
  const ordinaryMs = options.evaluationMaxMs ?? EVALUATION_MAX_MS;
  const largestMs = Math.max(ordinaryMs, options.largestMaxMs ?? LARGEST_MAX_MS);
  const granted = inputs?.granted ?? [];
  const bases = granted.length === 0 ? [PROBE_INPUT] : granted;
  const maxBytes = options.inputMaxBytes ?? INPUT_MAX_BYTES;
  const sized = bases.slice(0, BASES).flatMap((base) => [
    { name: ORDINARY, input: base, limitMs: ordinaryMs },
    ...[...worstCases(base, maxBytes)].map(([name, input]) => {
      return { name, input, limitMs: largestMs };
    }),
  ]);
  return [sized, ordinaryMs];
}

function sampleOf(inputs: Inputs | undefined): readonly PolicyInput[] {
  if (inputs === undefined) return [PROBE_INPUT];
  return fc.sample(inputs.arbitrary, { numRuns: ORDINARY_INPUTS, seed: 1 });
}

function bytesOf(input: PolicyInput): Uint8Array {
  return Buffer.from(canonicalJson(input));
}
