import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

export const PARTS = ['detectors', 'ablation', 'drift', 'logs'] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  /** Numbered 1, 2, …; each is a separate fleet. */
  readonly seeds: number;
  readonly agents: number;
  /** Days of warm-up, and as many again of test. */
  readonly days: number;
  readonly driftAgents: number;
  readonly only: readonly Part[];
  readonly threads: number;
  readonly json: boolean;
  /** Where the page and the plots are written; nowhere when undefined. */
  readonly out: string | undefined;
  readonly help: boolean;
}

export const HELP = `usage: npm run bench:anomaly -- [OPTIONS]

Some minutes. Compares the anomaly score with EWMA z-scores, MIDAS-R, MIDAS-F and a fixed rate limit on generated agents, some of
them compromised, and on real labelled logs. Progress goes to standard error, one JSON object last to standard output.

  --seeds N          fleets, each drawn from another seed (10)
  --agents N         agents of a fleet (400); a quarter of them is compromised
  --days N           days of warm-up, and as many again of test (14)
  --drift-agents N   agents of the benign run (1000)
  --only LIST        parts to run, of ${PARTS.join(', ')}; all by default
  --threads N        worker threads (one per core)
  --out FOLDER       also write the results into FOLDER/anomaly.md, and the plots into FOLDER/anomaly/
  --json             no tables and no progress, only the JSON object
  --help             this text

Exit codes: 0 measured; 1 a step failed; 2 wrong usage.
`;

const STRINGS = ['seeds', 'agents', 'days', 'drift-agents', 'only', 'threads', 'out'] as const;

/** Throws Error on an unknown option, a part that does not exist, or a number below one. */
export function parseOptions(args: readonly string[]): Options {
  const strings = Object.fromEntries(STRINGS.map((name) => [name, { type: 'string' as const }]));
  const { values } = parseArgs({
    args: [...args],
    options: { ...strings, json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  const given = values as Readonly<Record<string, string | boolean | undefined>>;
  const whole = (name: (typeof STRINGS)[number], preset: number): number => {
    const number = given[name] === undefined ? preset : Number(given[name]);
    if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} must be 1 or more`);
    return number;
  };
  const { only, out } = given;
  return {
    ...{ seeds: whole('seeds', 10), agents: whole('agents', 400), days: whole('days', 14) },
    driftAgents: whole('drift-agents', 1000),
    only: typeof only === 'string' ? only.split(',').map(partOf) : PARTS,
    threads: whole('threads', availableParallelism()),
    json: given['json'] === true,
    out: typeof out === 'string' ? out : undefined,
    help: given['help'] === true,
  };
}

function partOf(name: string): Part {
  const part = PARTS.find((known) => known === name);
  if (part === undefined) throw new Error(`--only knows ${PARTS.join(', ')}, not ${name}`);
  return part;
}
