/** A document of unknown shape. */
export type Tree = Record<string, unknown>;

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets a member and creates missing objects; returns false when a parent is not an object. */
export function setAt(tree: Tree, path: readonly string[], value: unknown): boolean {
  let at = tree;
  for (const part of path.slice(0, -1)) {
    const next = at[part] ?? (at[part] = {});
    if (!isTree(next)) return false;
    at = next;
  }
  const last = path.at(-1);
  if (last === undefined) return false;
  at[last] = value;
  return true;
}

/** Removes the value at a path, or the whole array on the path, so that no index shifts. */
export function removeAt(tree: Tree, path: readonly string[]): void {
  let at = tree;
  for (const [depth, part] of path.entries()) {
    const next = at[part];
    if (depth === path.length - 1 || !isTree(next)) {
      Reflect.deleteProperty(at, part);
      return;
    }
    at = next;
  }
}

/** Freezes plain objects and arrays deeply. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}
