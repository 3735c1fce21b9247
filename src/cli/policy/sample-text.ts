import type { BundleAnswer } from '../../domain/answers.generated.js';
import { READER, type Reader } from '../values.js';

type ReplayAnswer = NonNullable<BundleAnswer['replay']>;

const sample: Reader<NonNullable<ReplayAnswer['sample']>> = READER;
const fuel: Reader<NonNullable<ReplayAnswer['fuel']>> = READER;

/** Formats the verdict on a sample: `nothing to replay: 12 replayable decisions, at least 50 say something`. */
export function verdictText(body: unknown): string {
  const covered = `${percentOf(body, 'coverage')} of ${sample.text(body, 'strata')} strata`;
  switch (sample.text(body, 'verdict')) {
    case '':
      return '';
    case 'nothing_to_replay':
      return `nothing to replay: ${sample.text(body, 'replayable')} replayable decisions are too few for a coverage`;
    case 'low_coverage':
      return `LOW COVERAGE: ${covered}, ${percentOf(body, 'min_coverage')} are required`;
    default:
      return `replayed: ${covered}`;
  }
}

/** Returns the fields of a sample; none without one. */
export function sampleFields(body: unknown): readonly (readonly [string, string])[] {
  return [
    ['verdict', verdictText(body)],
    ['extrapolated', extrapolatedText(body)],
  ];
}

/** Formats the fuel of recorded or ordinary inputs: `at most 64000 of 10000000 units`. */
export function fuelText(body: unknown): string {
  const highest = fuel.text(body, 'highest');
  return highest === '' ? '' : `at most ${highest} of ${fuel.text(body, 'budget')} units`;
}

function extrapolatedText(body: unknown): string {
  const grants = sample.text(body, 'new_grants');
  return grants === '' ? '' : `${grants} new grants in ${sample.text(body, 'decisions')} decisions`;
}

function percentOf(body: unknown, name: 'coverage' | 'min_coverage'): string {
  return `${String(Math.floor((sample.number(body, name) ?? 0) * 1000) / 10)} %`;
}
