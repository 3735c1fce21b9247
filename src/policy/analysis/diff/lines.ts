/** One line of a difference: kept, removed or added. */
interface Edit {
  readonly kind: ' ' | '-' | '+';
  readonly line: string;
}

const CONTEXT_LINES = 3;
/**
 * Maximum number of differing lines; above it the whole text counts as changed.
 * The search is quadratic.
 */
const MAX_DIFFERENCES = 1000;

/** Returns the unified difference of two texts like `diff -u`; empty when they are equal. */
export function unifiedDiff(name: string, before: string, after: string): string {
  if (before === after) return '';
  const edits = editsOf(linesOf(before), linesOf(after));
  const header = [
    `--- ${before === '' ? '/dev/null' : `a/${name}`}`,
    `+++ ${after === '' ? '/dev/null' : `b/${name}`}`,
  ];
  return [...header, ...hunks(edits)].map((line) => `${line}\n`).join('');
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function editsOf(before: readonly string[], after: readonly string[]): Edit[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const kept = (lines: readonly string[]): Edit[] => lines.map((line) => ({ kind: ' ', line }));
  return [
    ...kept(before.slice(0, head)),
    ...shortest(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...kept(before.slice(before.length - tail)),
  ];
}

/** Returns the shortest edit script (Myers, An O(ND) Difference Algorithm, 1986). */
function shortest(before: readonly string[], after: readonly string[]): Edit[] {
  const reached = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  const limit = Math.min(before.length + after.length, MAX_DIFFERENCES);
  for (let d = 0; d <= limit; d++) {
    trace.push(new Map(reached));
    for (let k = -d; k <= d; k += 2) {
      let x = stepsDown(reached, k, d) ? (reached.get(k + 1) ?? 0) : (reached.get(k - 1) ?? 0) + 1;
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x += 1;
      reached.set(k, x);
      if (x >= before.length && x - k >= after.length) return walkBack(before, after, trace);
    }
  }
  return [
    ...before.map((line): Edit => ({ kind: '-', line })),
    ...after.map((line): Edit => ({ kind: '+', line })),
  ];
}

function stepsDown(reached: ReadonlyMap<number, number>, k: number, d: number): boolean {
  return k === -d || (k !== d && (reached.get(k - 1) ?? -1) < (reached.get(k + 1) ?? -1));
}

function walkBack(
  before: readonly string[],
  after: readonly string[],
  trace: readonly ReadonlyMap<number, number>[],
): Edit[] {
  const edits: Edit[] = [];
  let x = before.length;
  let y = after.length;
  for (let d = trace.length - 1; d >= 0; d--) {
    const reached = trace[d] ?? new Map<number, number>();
    const k = x - y;
    const down = stepsDown(reached, k, d);
    const fromX = reached.get(down ? k + 1 : k - 1) ?? 0;
    const fromY = fromX - (down ? k + 1 : k - 1);
    while (x > fromX && y > fromY && x > 0 && y > 0) {
      edits.push({ kind: ' ', line: before[--x] ?? '' });
      y -= 1;
    }
    if (d === 0) break;
    if (down) edits.push({ kind: '+', line: after[--y] ?? '' });
    else edits.push({ kind: '-', line: before[--x] ?? '' });
  }
  return edits.reverse();
}

function hunks(edits: readonly Edit[]): string[] {
  const out: string[] = [];
  let at = 0;
  let [oldLine, newLine] = [1, 1];
  while (at < edits.length) {
    const first = edits.findIndex((edit, i) => i >= at && edit.kind !== ' ');
    if (first < 0) break;
    const from = Math.max(at, first - CONTEXT_LINES);
    oldLine += from - at;
    newLine += from - at;
    const to = endOfHunk(edits, first);
    const part = edits.slice(from, to);
    const [olds, news] = [
      part.filter(({ kind }) => kind !== '+'),
      part.filter(({ kind }) => kind !== '-'),
    ];
    out.push(`@@ -${range(oldLine, olds.length)} +${range(newLine, news.length)} @@`);
    out.push(...part.map(({ kind, line }) => kind + line));
    oldLine += olds.length;
    newLine += news.length;
    at = to;
  }
  return out;
}

/**
 * Returns the index after the last change of a hunk.
 * Changes further apart than twice the context are in separate hunks.
 */
function endOfHunk(edits: readonly Edit[], first: number): number {
  let last = first;
  for (let i = first; i < edits.length && i - last <= 2 * CONTEXT_LINES; i++) {
    if (edits[i]?.kind !== ' ') last = i;
  }
  return Math.min(edits.length, last + CONTEXT_LINES + 1);
}

function range(start: number, count: number): string {
  if (count === 0) return `${String(start - 1)},0`;
  return count === 1 ? String(start) : `${String(start)},${String(count)}`;
}
