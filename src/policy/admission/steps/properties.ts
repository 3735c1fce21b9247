import type { PolicyInput } from '../../../domain/policy.js';
import type { Candidate } from '../candidate.js';
import { inputsAround, type Inputs } from '../inputs/around.js';
import { isPromised } from '../inputs/input-schema.js';
import type { TestedInputs } from '../../../domain/policy-lifecycle.js';
import { GENERATED_INPUTS, NO_SAMPLES, type AdmissionOptions } from '../options.js';
import { PROPERTIES } from '../properties/index.js';
import { look, type Looked, type PropertyTrial, type Violation } from '../properties/look.js';
import { minimise } from '../properties/minimise.js';
import type { Property, PropertyLevel } from '../properties/property.js';
import type { Found } from '../step-runner.js';
import { isTested, originsOf, untestedBecause } from '../tested.js';
import type { Whereabouts } from '../whereabouts.js';

/**
 * Minimum number of inputs within the time; a bundle that evaluates fewer is too slow to test.
 * A hundred show a violation by one input in thirty with 97 %, twenty with half.
 */
const FEWEST_INPUTS = 100;
/** Shares of the remaining time for finding granted inputs, for testing, and for minimising. */
const SCAN_SHARE = 0.15;
const SCAN_MS = 2000;
const LOOK_SHARE = 0.45;
/** Share until which a slow machine tests the fewest inputs. */
const LATE_SHARE = 0.6;
const MINIMISE_SHARE = 0.65;
const MINIMISE_MS = 600;
const INPUT_CHARS = 4096;
/** Granted inputs that are tried unchanged, before the generated ones. */
const EXAMPLES = 32;

/** Inputs of admission, and what they tested. */
export interface TriedInputs extends Inputs {
  readonly tested: TestedInputs;
}

/**
 * Runs step `properties`: tests rules that every policy must keep over generated inputs.
 * Refuses a bundle that they did not test, unless that is accepted. Returns these inputs.
 */
export function testProperties(
  candidate: Candidate,
  caseInputs: readonly PolicyInput[],
  options: AdmissionOptions,
  where: Whereabouts,
  endMs: number,
): Found<TriedInputs> {
  where.doing('properties: looking for inputs that are granted');
  const startMs = performance.now();
  const at = (share: number): number => startMs + (endMs - startMs) * share;
  const seed = seedOf(candidate.bundle.digest, options);
  // A case may violate the schema on purpose.
  const cases = caseInputs.filter(isPromised);
  const scanEndMs = Math.min(at(SCAN_SHARE), startMs + SCAN_MS);
  const inputs = inputsAround(candidate, cases, options.samples ?? NO_SAMPLES, scanEndMs);
  const runs = options.inputs ?? GENERATED_INPUTS;
  const examples = inputs.granted.slice(0, EXAMPLES);
  const trial: PropertyTrial = { candidate, inputs: inputs.arbitrary, examples, seed, runs };

  const properties = PROPERTIES.filter((one) => levelOf(one, options) !== 'off');
  const fewest = Math.min(runs, FEWEST_INPUTS);
  const times = { endMs: at(LOOK_SHARE), fewest, lateMs: at(LATE_SHARE) };
  const looked = look(trial, properties, where, times);
  const violations = looked.violations.map((found) => {
    where.doing(`properties: ${found.property.name}: making the input smaller`);
    return minimise(trial, found, Math.min(performance.now() + MINIMISE_MS, at(MINIMISE_SHARE)));
  });
  const said = (level: PropertyLevel): string[] =>
    violations
      .filter(({ property }) => levelOf(property, options) === level)
      .map((one) => describe(one, seed));
  const tested = testedOf(inputs, looked, properties, options);
  const because = untestedBecause(tested);
  const accepted = options.untested === 'warn';
  return {
    value: { ...inputs, tested },
    detail: detailOf(properties.length, looked, tested, seed),
    problems: [
      ...tooSlow(looked, fewest),
      ...said('refuse'),
      ...(accepted ? [] : because.map((why) => `untested: ${why}`)),
    ],
    warnings: [
      ...said('warn'),
      ...(accepted ? because.map((why) => `accepted untested: ${why}`) : []),
      ...withoutEffect(looked, tested),
    ],
  };
}

/** Returns the origins of the inputs, and the properties that refuse and were not exercised. */
function testedOf(
  { origins }: Inputs,
  { inputs, granted, tested, unused, violations }: Looked,
  properties: readonly Property[],
  options: AdmissionOptions,
): TestedInputs {
  const shown = new Set(violations.map(({ property }) => property.name));
  const untested = properties
    .filter((one) => levelOf(one, options) === 'refuse')
    .map(({ name }) => name)
    .filter((name) => (tested.get(name) ?? 0) === 0 && !unused.has(name) && !shown.has(name));
  return { ...origins, generated: inputs, granted, untested };
}

function levelOf({ name, level }: Property, options: AdmissionOptions): PropertyLevel {
  return options.properties?.[name] ?? level;
}

/** Derives the seed from the digest, so that the verdict on a bundle is equal later and on every node. */
function seedOf(digest: string, { seed }: AdmissionOptions): number {
  return seed ?? Number.parseInt(digest.slice(-7), 16);
}

function describe({ property, input, violated }: Violation, seed: number): string {
  const json = JSON.stringify(input);
  const shown = json.length > INPUT_CHARS ? `${json.slice(0, INPUT_CHARS)}…` : json;
  return (
    `${property.name}: ${violated} (${property.about}); ` +
    `smallest input ${shown}; seed ${String(seed)}`
  );
}

function detailOf(
  properties: number,
  { inputs, granted }: Looked,
  tested: TestedInputs,
  seed: number,
): string {
  const over = `${String(properties)} properties over ${String(inputs)} inputs, ${String(granted)} with a grant`;
  return `${isTested(tested) ? '' : 'UNTESTED: '}${over}; from ${originsOf(tested)}; seed ${String(seed)}`;
}

function tooSlow({ inputs }: Looked, fewest: number): string[] {
  if (inputs >= fewest) return [];
  const tested = `only ${String(inputs)} inputs within the time limit`;
  const help = 'raise policy.admission.deadline_ms on a slow machine';
  return [`too slow to be tested: ${tested}, and ${String(fewest)} must be; ${help}`];
}

/** Names properties that no input could violate, other than those that make the bundle untested. */
function withoutEffect(
  { tested, unused, violations }: Looked,
  { untested }: TestedInputs,
): string[] {
  const violated = new Set(violations.map(({ property }) => property.name));
  const names = [...tested].flatMap(([name, count]) =>
    count > 0 || violated.has(name) || untested.includes(name) ? [] : [name],
  );
  const idle = names.filter((name) => unused.has(name));
  const skipped = names.filter((name) => !unused.has(name));
  return [
    ...(idle.length === 0
      ? []
      : [
          `without effect, since nothing of the input that it guards restricts: ${idle.join(', ')}`,
        ]),
    ...(skipped.length === 0
      ? []
      : [`untested, since no generated input could violate it: ${skipped.join(', ')}`]),
  ];
}
