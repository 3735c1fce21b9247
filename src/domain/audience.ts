/** A resource that has an audience, and the URI as it registered it. */
export interface AudienceHolder {
  readonly id: string;
  readonly uri: string;
}

/** A resource that had an audience. */
export interface FormerAudienceHolder extends AudienceHolder {
  /** When it lost it, milliseconds since the Unix epoch by the control slot's clock. */
  readonly until_ms: number;
  /** Set when an equal spelling was registered too: only the same bytes name it. */
  readonly exact?: true;
}

/** Who has the audiences of one key now, and who had them within the longest lifetime of a token. */
export interface AudienceEntry {
  /** More than one only in a store of an earlier build, where equal URIs are compared byte for byte. */
  readonly now?: readonly AudienceHolder[];
  readonly past?: readonly FormerAudienceHolder[];
}

const SCHEME = /^https?:\/\//i;
const HOST_AND_PORT = /^(?:\[[^[\]]*\]|[^:[\]]*)(?::[0-9]*)?$/;

/**
 * Returns the text that two audience URIs have in common exactly when they are equal: for http and https, scheme and
 * host in lower case, without the default port, an empty path as `/`, also before a query or fragment (RFC 3986
 * sections 6.2.2.1 and 6.2.3). Nothing else is changed, so percent-encoding, dot segments, an empty port, a trailing
 * dot and international names count byte for byte, as does every other scheme and every malformed authority.
 * Total, idempotent, and linear in the length of the text.
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

/** Letters of ASCII only: other letters may change their number. */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The holder that a URI names: the only one by any equal spelling, one of several by the same bytes. */
export function holderOfAudience(entry: AudienceEntry, uri: string): AudienceHolder | undefined {
  const holders = entry.now ?? [];
  return holders.length === 1 ? holders[0] : holders.find((holder) => holder.uri === uri);
}

/** Ids that had the audience and are not `exceptId`, the last one first. */
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
 * Fields of a shard's revocations that would cut a token of this `aud`: the floor of the audience by any equal
 * spelling, and the floor of these bytes alone, for audiences that are compared so.
 */
export function audienceFloorFields(aud: string): readonly [string, string] {
  return [`audience:${audienceKey(aud)}`, `audience_spelling:${aud}`];
}

/** The first of the URIs that equals one before it, with that one. */
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
