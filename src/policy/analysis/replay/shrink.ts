import type { PolicyInput } from '../../../domain/policy.js';

/** A reduced input, and the number of evaluations spent. */
export interface Shrunk {
  readonly input: PolicyInput;
  readonly tries: number;
  /** False when the tries ran out before the input was minimal. */
  readonly complete: boolean;
}

type Json = Record<string, unknown> | unknown[];
type Path = readonly (string | number)[];
type Edit = (document: Json) => boolean;

/** Lists that may lose entries, with the minimum length that keeps the input valid. */
const LISTS: readonly (readonly [Path, number])[] = [
  [['request', 'scopes'], 1],
  [['agent', 'grants'], 0],
  [['agent', 'roles'], 0],
  [['resource', 'scopes'], 0],
  [['resource', 'requires'], 0],
  [['resource', 'audiences'], 1],
  [['delegation', 'chain'], 0],
  [['signals', 'terms'], 0],
];
/** Objects with optional members only. */
const OPTIONAL: readonly Path[] = [
  ['request', 'declared'],
  ['agent', 'labels'],
  ['resource', 'labels'],
];
const MEMBERS: readonly Path[] = [
  ['resource', 'working_hours'],
  ['resource', 'requires'],
  ['resource', 'labels'],
  ['resource', 'max_ttl_seconds'],
];

/**
 * Reduces an input greedily while `holds` stays true.
 * Removes list entries, optional members, descriptions and counts, as long as the result fits the input schema.
 * Deterministic.
 */
export async function shrink(
  input: PolicyInput,
  holds: (smaller: PolicyInput) => Promise<boolean>,
  maxTries: number,
): Promise<Shrunk> {
  let best = structuredClone(input) as unknown as Json;
  let tries = 0;
  for (let progress = true; progress;) {
    progress = false;
    for (const edit of edits(best)) {
      if (tries >= maxTries)
        return { input: best as unknown as PolicyInput, tries, complete: false };
      const smaller = structuredClone(best);
      if (!edit(smaller)) continue;
      tries += 1;
      if (!(await holds(smaller as unknown as PolicyInput))) continue;
      best = smaller;
      progress = true;
    }
  }
  return { input: best as unknown as PolicyInput, tries, complete: true };
}

/** Returns every edit worth trying, largest first. An edit that no longer applies returns false. */
function edits(document: Json): Edit[] {
  const grants = nestedLists(document, ['agent', 'grants'], 'scopes');
  return [
    ...[...LISTS, ...grants].flatMap(([path, least]) => listEdits(document, path, least)),
    ...OPTIONAL.flatMap((path) => keysAt(document, path).map((key) => remove([...path, key]))),
    ...MEMBERS.map((path) => remove(path)),
    ...entryMembers(document, ['agent', 'grants'], ['max_ttl_seconds']),
    ...entryMembers(document, ['resource', 'scopes'], ['honey', 'review', 'max_ttl_seconds']),
    ...indexes(document, ['resource', 'scopes']).map((at) =>
      put(['resource', 'scopes', at, 'description'], ''),
    ),
    ...keysAt(document, ['signals']).map((key) => reset(['signals', key])),
  ];
}

function nestedLists(document: Json, path: Path, member: string): (readonly [Path, number])[] {
  return indexes(document, path).map((at) => [[...path, at, member], 1] as const);
}

function entryMembers(document: Json, path: Path, members: readonly string[]): Edit[] {
  return indexes(document, path).flatMap((at) =>
    members.map((member) => remove([...path, at, member])),
  );
}

/** Returns edits that remove halves, then smaller parts, down to single entries from the end. */
function listEdits(document: Json, path: Path, least: number): Edit[] {
  const { length } = indexes(document, path);
  const cuts: Edit[] = [];
  for (let size = length - least; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = length - size; from >= 0; from -= size) cuts.push(cut(path, from, size, least));
  }
  return cuts;
}

function cut(path: Path, from: number, size: number, least: number): Edit {
  return (document) => {
    const list = valueAt(document, path);
    if (!Array.isArray(list) || from + size > list.length || list.length - size < least)
      return false;
    list.splice(from, size);
    return true;
  };
}

function remove(path: Path): Edit {
  return (document) => {
    const parent = valueAt(document, path.slice(0, -1));
    const key = path.at(-1);
    if (key === undefined || !isObject(parent) || !Object.hasOwn(parent, key)) return false;
    return Reflect.deleteProperty(parent, key);
  };
}

function put(path: Path, value: unknown): Edit {
  return (document) => {
    const parent = valueAt(document, path.slice(0, -1));
    const key = path.at(-1);
    if (key === undefined || !isObject(parent) || parent[key] === value) return false;
    return Reflect.set(parent, key, value);
  };
}

function reset(path: Path): Edit {
  return (document) => {
    const value = valueAt(document, path);
    if (typeof value === 'number') return put(path, 0)(document);
    return typeof value === 'boolean' && put(path, false)(document);
  };
}

function valueAt(document: Json, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (isObject(value) ? value[step] : undefined),
    document,
  );
}

function indexes(document: Json, path: Path): readonly number[] {
  const list = valueAt(document, path);
  return Array.isArray(list) ? [...list.keys()] : [];
}

function keysAt(document: Json, path: Path): readonly string[] {
  const value = valueAt(document, path);
  return isObject(value) && !Array.isArray(value) ? Object.keys(value) : [];
}

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}
