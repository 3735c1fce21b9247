type Tree = Readonly<Record<string, unknown>>;

/** JSON Merge Patch (RFC 7396): members replace, objects are merged, null removes. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isTree(patch)) return patch;
  const merged = new Map(isTree(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

/** Merges like mergePatch, but keeps null as a value: an input has members that are null. */
export function overlay(target: unknown, over: unknown): unknown {
  if (!isTree(target) || !isTree(over)) return over;
  const merged = new Map(Object.entries(target));
  for (const [name, value] of Object.entries(over)) {
    merged.set(name, merged.has(name) ? overlay(merged.get(name), value) : value);
  }
  return Object.fromEntries(merged);
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
