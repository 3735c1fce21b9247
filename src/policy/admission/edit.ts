/** Members from the document inwards: `['request', 'scopes']`. */
export type Path = readonly string[];

/** The value at a path; undefined when there is none. */
export function memberAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, name) => membersOf(at)[name], document);
}

/** A copy of the document with another value at the path. */
export function withMember(document: unknown, path: Path, value: unknown): object {
  const [name, ...rest] = path;
  if (name === undefined) throw new RangeError('an empty path names no member');
  const members = membersOf(document);
  const put = rest.length === 0 ? value : withMember(members[name], rest, value);
  return { ...members, [name]: put };
}

/** A copy of the document without what is at the path. */
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
