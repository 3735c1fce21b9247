/** A resource that holds an audience, with the URI as registered. */
export interface AudienceHolder {
  readonly id: string;
  readonly uri: string;
}

/** A resource that no longer holds an audience. */
export interface FormerAudienceHolder extends AudienceHolder {
  /** Time of the loss by the control slot's clock, milliseconds since the Unix epoch. */
  readonly until_ms: number;
  /** Set when an equal spelling was also registered: URIs are then compared byte for byte. */
  readonly exact?: true;
}

/** Current holders of one audience key, and former holders within the maximum token lifetime. */
export interface AudienceEntry {
  /** More than one only in a store of an earlier build, where equal URIs are compared byte for byte. */
  readonly now?: readonly AudienceHolder[];
  readonly past?: readonly FormerAudienceHolder[];
}

const SCHEME = /^https?:\/\//i;
const HOST_AND_PORT = /^(?:\[[^[\]]*\]|[^:[\]]*)(?::[0-9]*)?$/;

/**
 * Returns the normal form of an audience URI: two URIs are equal when their normal forms are.
 *
 * For http and https, scheme and host become lower case, the default port is removed, and an empty path becomes `/`,
 * also before a query or fragment (RFC 3986 sections 6.2.2.1 and 6.2.3). Percent-encoding, dot segments, an empty port,
 * a trailing dot and international names are compared byte for byte, as is every other scheme and every malformed
 * authority. The function is total, idempotent, and linear in the length of the text.
 */
export function audienceKey(uri: string): string {
  const scheme = SCHEME.exec(uri)?.[0].toLowerCase();
  if (scheme === undefined) return uri;
  const rest = uri.slice(scheme.length);
  const found = rest.search(/[/?#]/);
  const end = found === -1 ? rest.length : found;
  const hostAt = rest.lastIndexOf('@', end - 1) + 1;
  const hostAndPort = rest.slice(hostAt, end);
  if (!HOST_AND_PORT.test(hostAndPort)) return uri;
  const defaultPort = scheme === 'http://' ? ':80' : ':443';
  const host = hostAndPort.endsWith(defaultPort)
    ? hostAndPort.slice(0, -defaultPort.length)
    : hostAndPort;
  const slash = rest[end] === '/' ? '' : '/';
  return scheme + rest.slice(0, hostAt) + lowerCase(host) + slash + rest.slice(end);
}

/** Lowers ASCII letters only: the length of other letters may change. */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Returns the holder that a URI names; with several holders, the bytes of the URI must match. */
export function holderOfAudience(entry: AudienceEntry, uri: string): AudienceHolder | undefined {
  const holders = entry.now ?? [];
  return holders.length === 1 ? holders[0] : holders.find((holder) => holder.uri === uri);
}

/** Returns the ids of former holders of the audience, except `exceptId`, most recent first. */
export function formerHoldersOfAudience(
  entry: AudienceEntry,
  uri: string,
  exceptId?: string,
): readonly string[] {
  const byBytes = (entry.now ?? []).length > 1;
  const ids = (entry.past ?? [])
    .filter((former) => former.uri === uri || !(byBytes || former.exact === true))
    .toSorted((one, other) => other.until_ms - one.until_ms)
    .map(({ id }) => id);
  return [...new Set(ids)].filter((id) => id !== exceptId);
}

/**
 * Returns the fields of a shard's revocation hash that cover a token of this `aud`.
 *
 * The first is the floor of every equal spelling, the second the floor of these exact bytes.
 */
export function audienceFloorFields(aud: string): readonly [string, string] {
  return [`audience:${audienceKey(aud)}`, `audience_spelling:${aud}`];
}

/** Returns the first URI that equals an earlier one, together with the earlier one. */
export function firstEqualAudiences(
  uris: readonly string[],
): { readonly uri: string; readonly index: number; readonly before: string } | undefined {
  const seen = new Map<string, string>();
  for (const [index, uri] of uris.entries()) {
    const before = seen.get(audienceKey(uri));
    if (before !== undefined) return { uri, index, before };
    seen.set(audienceKey(uri), uri);
  }
  return undefined;
}
