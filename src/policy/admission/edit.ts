/** Member names from the root: `['request', 'scopes']`. */
export type Path = readonly string[];

/** Returns the value at a path, if any. */
export function memberAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, name) => membersOf(at)[name], document);
}

/** Returns a copy of the document with another value at the path. Throws RangeError for an empty path. */
export function withMember(document: unknown, path: Path, value: unknown): object {
  const [name, ...rest] = path;
  if (name === undefined) throw new RangeError('an empty path names no member');
  const members = membersOf(document);
  const put = rest.length === 0 ? value : withMember(members[name], rest, value);
  return { ...members, [name]: put };
}

/** Returns a copy of the document without the member at the path. Throws RangeError for an empty path. */
export function withoutMember(document: unknown, path: Path): object {
  const [name, ...rest] = path;
  if (name === undefined) throw new RangeError('an empty path names no member');
  const members = membersOf(document);
  if (rest.length > 0) return { ...members, [name]: withoutMember(members[name], rest) };
  return Object.fromEntries(Object.entries(members).filter(([key]) => key !== name));
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
