import type { Variant } from '../detectors/variant.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, START_MS } from '../generator/parameters.js';
import type { AttackKind, Compromise, GeneratedAgent, Workload } from '../generator/types.js';
import { averagePrecision, precisionAtRecalls } from './precision-recall.js';

const CELL_MS = 10 * MINUTE_MS;
/** Cells of benign scores that are kept: the largest. Budgets of an alert a month need a few hundred of them. */
const CELLS_KEPT = 8000;
/** Alerts of a compromise count from its start to ten minutes after its end; of a ramp, until it has tripled. */
export const GRACE_MS = 10 * MINUTE_MS;
export const RAMP_MS = (Math.log(3) / Math.log(1.1)) * DAY_MS;
/** For two hours after a compromise no alert is counted as a false one: windows still hold it. */
const AFTERMATH_MS = 2 * HOUR_MS;

/** What is left of one variant's scores of one fleet: enough to count alerts at any threshold from `floor` up. */
export interface Digest {
  /** The highest benign score of each agent and cell of ten minutes, in their order. */
  readonly agents: Uint32Array;
  readonly cells: Uint32Array;
  readonly scores: Float32Array;
  /** No benign cell below this score is kept. */
  readonly floor: number;
  /** Agent-months (30 days) without a compromise. */
  readonly months: number;
  readonly attacks: readonly Detection[];
  readonly prAuc: number;
  /** Precision at a recall of 2 %, 4 %, … 100 %. */
  readonly precisions: readonly number[];
}

/** How high the score rose during one compromise: each new maximum, and the minutes after the start. */
export interface Detection {
  readonly kind: AttackKind;
  readonly timing: Compromise['timing'];
  readonly rises: readonly { readonly minutes: number; readonly score: number }[];
}

/** Short attacks alone are listed hour by hour: days of a ramp or a mimic would drown the others. */
const HOURLY: readonly AttackKind[] = [
  ...(['burst', 'surge', 'off_hours'] as const),
  ...(['probing', 'new_scope', 'spread'] as const),
];

export function digestOf(
  fleet: readonly GeneratedAgent[],
  { scores }: Variant,
  workload: Workload,
): Digest {
  const testMs = START_MS + workload.warmUpDays * DAY_MS;
  const endMs = testMs + workload.testDays * DAY_MS;
  const cells = new CellCollector();
  const hours = { scores: [] as number[], malicious: [] as boolean[] };
  const attacks: Detection[] = [];
  let benignMs = 0;
  fleet.forEach((agent, number) => {
    const mine = scores[number] ?? new Float32Array(0);
    const { compromise } = agent;
    const span = compromise && countedSpan(compromise);
    collectBenign(cells, agent, number, mine, testMs, span?.aftermathMs ?? 0);
    benignMs += endMs - testMs;
    if (compromise !== undefined && span !== undefined) {
      benignMs -= Math.min(span.aftermathMs, endMs) - compromise.fromMs;
      attacks.push(detectionOf(agent, mine, compromise, span.toMs));
    }
    if (compromise === undefined || HOURLY.includes(compromise.kind)) {
      collectHours(hours, agent, mine, testMs);
    }
  });
  return {
    ...cells.largest(),
    months: benignMs / (30 * DAY_MS),
    attacks,
    prAuc: averagePrecision(hours.scores, hours.malicious),
    precisions: precisionAtRecalls(hours.scores, hours.malicious, 50),
  };
}

/** Until when an alert is a detection, and until when it is at least not a false one. */
function countedSpan({ kind, fromMs, toMs }: Compromise): { toMs: number; aftermathMs: number } {
  return kind === 'ramp'
    ? { toMs: fromMs + RAMP_MS, aftermathMs: Infinity }
    : { toMs: toMs + GRACE_MS, aftermathMs: toMs + AFTERMATH_MS };
}

/** Takes the highest score of each cell, and keeps the largest of them. */
class CellCollector {
  private readonly agents: number[] = [];
  private readonly cells: number[] = [];
  private readonly scores: number[] = [];

  add(agent: number, cell: number, score: number): void {
    const last = this.scores.length - 1;
    if (this.agents[last] === agent && this.cells[last] === cell) {
      this.scores[last] = Math.max(this.scores[last] ?? 0, score);
    } else if (score > 0) {
      this.agents.push(agent);
      this.cells.push(cell);
      this.scores.push(score);
    }
  }

  largest(): Pick<Digest, 'agents' | 'cells' | 'scores' | 'floor'> {
    const sorted = Float32Array.from(this.scores).sort();
    const floor = sorted[Math.max(0, sorted.length - CELLS_KEPT)] ?? 0;
    const kept = [...this.scores.keys()].filter((at) => (this.scores[at] ?? 0) >= floor);
    return {
      agents: Uint32Array.from(kept, (at) => this.agents[at] ?? 0),
      cells: Uint32Array.from(kept, (at) => this.cells[at] ?? 0),
      scores: Float32Array.from(kept, (at) => this.scores[at] ?? 0),
      floor: sorted.length > CELLS_KEPT ? floor : 0,
    };
  }
}

function collectBenign(
  into: CellCollector,
  { events, compromise }: GeneratedAgent,
  number: number,
  scores: Float32Array,
  testMs: number,
  aftermathMs: number,
): void {
  const fromMs = compromise?.fromMs ?? Infinity;
  events.forEach(({ atMs }, at) => {
    if (atMs < testMs || (atMs >= fromMs && atMs <= aftermathMs)) return;
    into.add(number, Math.floor(atMs / CELL_MS), scores[at] ?? 0);
  });
}

function detectionOf(
  { events }: GeneratedAgent,
  scores: Float32Array,
  { kind, timing, fromMs }: Compromise,
  toMs: number,
): Detection {
  const rises: { minutes: number; score: number }[] = [];
  let highest = 0;
  events.forEach(({ atMs }, at) => {
    const score = scores[at] ?? 0;
    if (atMs < fromMs || atMs > toMs || score <= highest) return;
    highest = score;
    rises.push({ minutes: (atMs - fromMs) / MINUTE_MS, score });
  });
  return { kind, timing, rises };
}

/** The highest score of each hour in which the agent asked for something, and whether it was malicious. */
function collectHours(
  into: { scores: number[]; malicious: boolean[] },
  { events }: GeneratedAgent,
  scores: Float32Array,
  testMs: number,
): void {
  let hour = -1;
  events.forEach(({ atMs, malicious }, at) => {
    if (atMs < testMs) return;
    const now = Math.floor(atMs / HOUR_MS);
    if (now !== hour) {
      hour = now;
      into.scores.push(0);
      into.malicious.push(false);
    }
    const last = into.scores.length - 1;
    into.scores[last] = Math.max(into.scores[last] ?? 0, scores[at] ?? 0);
    if (malicious) into.malicious[last] = true;
  });
}
