import type { TestedInputs } from '../../domain/policy-lifecycle.js';

/** Returns whether an input was granted and every property that refuses was exercised. */
export function isTested({
  granted,
  untested,
}: Pick<TestedInputs, 'granted' | 'untested'>): boolean {
  return granted > 0 && untested.length === 0;
}

/** Describes why a bundle is untested; empty when it is tested. */
export function untestedBecause(inputs: TestedInputs): readonly string[] {
  if (isTested(inputs)) return [];
  if (inputs.granted === 0) {
    return [`no input is granted, so no property of grants was tested; tried ${originsOf(inputs)}`];
  }
  return [
    `no input exercised ${inputs.untested.join(', ')}: nothing shows that it holds; ` +
      `tried ${originsOf(inputs)}`,
  ];
}

/** Names the inputs by their origin; an empty origin is said to be empty. */
export function originsOf({
  cases,
  recorded,
  registry,
  constants,
  generated,
}: TestedInputs): string {
  const counted = (count: number, what: string, empty: string): string =>
    count === 0 ? empty : `${String(count)} ${what}`;
  return [
    counted(cases, 'cases', 'no cases in the bundle'),
    counted(recorded, 'recorded decisions', 'an empty record'),
    counted(registry, 'requests of the registry', 'an empty registry'),
    `${String(generated)} inputs generated from ${String(constants)} constants`,
  ].join(', ');
}
