/**
 * Searches whose work is linear in their operands, up to a logarithm.
 * Operands may be a megabyte of text, and fuel pays for their length alone.
 */

/** Returns where a part occurs in a whole, overlapping occurrences included (Knuth, Morris and Pratt, 1977). */
export function occurrences<T>(
  whole: ArrayLike<T>,
  part: ArrayLike<T>,
  same: (a: T, b: T) => boolean,
): number[] {
  const borders = bordersOf(part, same);
  const found: number[] = [];
  let matched = 0;
  for (let at = 0; at < whole.length; at++) {
    const fits = (): boolean => matched < part.length && same(whole[at] as T, part[matched] as T);
    while (matched > 0 && !fits()) matched = borders[matched - 1] ?? 0;
    if (fits()) matched++;
    if (matched === part.length) found.push(at + 1 - matched);
  }
  return found;
}

/** Returns for each beginning of a part the length of its longest proper beginning that is also its end. */
function bordersOf<T>(part: ArrayLike<T>, same: (a: T, b: T) => boolean): number[] {
  const borders = [0];
  let length = 0;
  for (let at = 1; at < part.length; at++) {
    const fits = (): boolean => same(part[at] as T, part[length] as T);
    while (length > 0 && !fits()) length = borders[length - 1] ?? 0;
    if (fits()) length++;
    borders.push(length);
  }
  return borders;
}

/** Returns the last item of a sorted list that is not greater than a value; undefined when all are. */
export function lastUpTo<T>(
  sorted: readonly T[],
  value: T,
  compare: (a: T, b: T) => number,
): T | undefined {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(sorted[middle] as T, value) <= 0) low = middle + 1;
    else high = middle;
  }
  return sorted[low - 1];
}

/** Returns whether some text begins with one of the prefixes. */
export function anyBegins(all: readonly string[], prefixes: readonly string[]): boolean {
  // Without those that begin with another one: the only candidate is then the last that is not greater than the text.
  const least: string[] = [];
  for (const prefix of [...prefixes].sort(byUnits)) {
    const last = least.at(-1);
    if (last === undefined || !prefix.startsWith(last)) least.push(prefix);
  }
  return all.some((one) => {
    const candidate = lastUpTo(least, one, byUnits);
    return candidate !== undefined && one.startsWith(candidate);
  });
}

function byUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
