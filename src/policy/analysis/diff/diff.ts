import {
  outcomeView,
  type BundleDifference,
  type PermissionChange,
} from '../../../domain/policy-analysis.js';
import {
  CHANGE_KINDS,
  type ChangeKind,
  type RecordedDecision,
} from '../../../domain/policy-lifecycle.js';
import { CasesInvalid, parseCases } from '../../author/cases.js';
import type { Bundle } from '../../bundle/read.js';
import { compareOutcomes } from '../../serving/compare.js';
import type { Judge } from '../replay/judge.js';
import { dataChanges } from './data.js';
import { generatedInputs, type NamedInput } from './inputs.js';
import { unifiedDiff } from './lines.js';

const MAX_TEXT_CHARS = 512 * 1024;
const MAX_DATA_CHANGES = 1000;

/** A bundle with its judge. */
export interface Side {
  readonly bundle: Bundle;
  readonly judge: Judge;
}

/**
 * Compares two bundles: their Rego, their data, and what they permit.
 * For the last, both decide recorded requests, the test cases of either bundle, and requests generated from their data.
 * Differences on other requests are not found.
 */
export async function diffBundles(
  from: Side,
  to: Side,
  recorded: Iterable<RecordedDecision>,
): Promise<BundleDifference> {
  const [fromData, toData] = [from.bundle, to.bundle].map(dataOf);
  const changes = dataChanges(fromData, toData);
  const asked = await permissions(from, to, recorded, [fromData, toData]);
  return {
    from: nameOf(from.bundle),
    to: nameOf(to.bundle),
    rego: regoDifference(from.bundle, to.bundle),
    data: {
      changes: changes.slice(0, MAX_DATA_CHANGES),
      truncated: changes.length > MAX_DATA_CHANGES,
    },
    modules_differ: modulesOf(from.bundle) !== modulesOf(to.bundle),
    permissions: asked,
  };
}

function nameOf({ digest, revision }: Bundle): BundleDifference['from'] {
  return { digest, revision };
}

function dataOf({ data }: Bundle): unknown {
  return JSON.parse(Buffer.from(data).toString('utf8'));
}

function modulesOf({ modules }: Bundle): string {
  const texts = [...modules].map(
    ([name, { original }]) => `${name} ${Buffer.from(original).toString('base64')}`,
  );
  return texts.sort().join('\n');
}

function regoDifference(from: Bundle, to: Bundle): BundleDifference['rego'] {
  const without = [from, to].filter(({ sources }) => sources.size === 0);
  if (without.length > 0) {
    const which = without.map(({ revision }) => revision).join(' and ');
    return { text: '', truncated: false, why_not: `no sources in ${which}` };
  }
  const paths = [...new Set([...from.sources.keys(), ...to.sources.keys()])].sort();
  const text = paths
    .map((path) => unifiedDiff(path, from.sources.get(path) ?? '', to.sources.get(path) ?? ''))
    .join('');
  return { text: text.slice(0, MAX_TEXT_CHARS), truncated: text.length > MAX_TEXT_CHARS };
}

type Source = 'recorded' | 'cases' | 'generated';

class PermissionTally {
  readonly inputs: Record<Source, number> = { recorded: 0, cases: 0, generated: 0 };
  private unchanged = 0;
  private readonly found = new Map<
    ChangeKind,
    { count: number; example: PermissionChange['example']; chars: number }
  >();

  constructor(
    private readonly before: Judge,
    private readonly after: Judge,
  ) {}

  async ask(source: Source, { name, input }: NamedInput): Promise<void> {
    const [had, has] = [await this.before.judge(input), await this.after.judge(input)];
    const kinds = compareOutcomes(had.outcome, has.outcome);
    this.inputs[source] += 1;
    if (kinds.length === 0) this.unchanged += 1;
    const chars = JSON.stringify(input).length;
    const example = {
      source,
      name,
      input,
      before: outcomeView(had.outcome),
      after: outcomeView(has.outcome),
    };
    for (const kind of kinds) {
      const known = this.found.get(kind);
      if (known === undefined) this.found.set(kind, { count: 1, example, chars });
      else {
        known.count += 1;
        if (chars < known.chars) Object.assign(known, { example, chars });
      }
    }
  }

  report(): BundleDifference['permissions'] {
    const changes = CHANGE_KINDS.flatMap((kind): PermissionChange[] => {
      const found = this.found.get(kind);
      return found === undefined ? [] : [{ kind, count: found.count, example: found.example }];
    });
    return { inputs: this.inputs, unchanged: this.unchanged, changes };
  }
}

async function permissions(
  from: Side,
  to: Side,
  recorded: Iterable<RecordedDecision>,
  data: readonly unknown[],
): Promise<BundleDifference['permissions']> {
  const tally = new PermissionTally(from.judge, to.judge);
  for (const { decision_id: name, input } of recorded) {
    if (input !== undefined) await tally.ask('recorded', { name, input });
  }
  const cases = new Map([from.bundle, to.bundle].flatMap(casesOf).map((one) => [one.name, one]));
  for (const one of cases.values()) await tally.ask('cases', one);
  const made = data.flatMap((each) => generatedInputs(each)).map((one) => [one.name, one] as const);
  for (const one of new Map(made).values()) await tally.ask('generated', one);
  return tally.report();
}

/** Returns the test cases of a bundle. Admission refuses unreadable cases; they are ignored here. */
function casesOf({ cases, revision }: Bundle): NamedInput[] {
  try {
    return parseCases(cases)
      .filter(({ breaksSchema }) => !breaksSchema)
      .map(({ file, name, input }) => ({ name: `${file}: ${name} (${revision})`, input }));
  } catch (error) {
    if (error instanceof CasesInvalid) return [];
    throw error;
  }
}
