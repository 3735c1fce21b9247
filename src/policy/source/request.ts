import { readFile } from 'node:fs/promises';
import { SourceUnavailable } from './source.js';

/** What is shown to the server with each request. */
export interface ServerCredentials {
  /** A file is read again for each request: what is in it may be replaced. */
  readonly bearerToken?: { readonly secret: string } | { readonly file: string };
  readonly headers?: readonly { readonly name: string; readonly secret: string }[];
}

export interface RequestParts {
  readonly etag?: string;
  /** Seconds the server may hold the request; absent: not at all. */
  readonly waitSeconds?: number;
}

/** The headers of one request for a bundle. Throws SourceUnavailable, which never holds a secret. */
export async function requestHeaders(
  { bearerToken, headers = [] }: ServerCredentials,
  { etag, waitSeconds }: RequestParts,
): Promise<Headers> {
  try {
    const made = new Headers({ 'user-agent': 'countersign' });
    for (const { name, secret } of headers) made.set(name, secret);
    const token = bearerToken === undefined ? undefined : await tokenOf(bearerToken);
    if (token !== undefined) made.set('authorization', `Bearer ${token}`);
    // No deltas: they cannot be signed.
    const wait = waitSeconds === undefined ? '' : `;wait=${String(waitSeconds)}`;
    made.set('prefer', `modes=snapshot${wait}`);
    // The archive is compressed as it is.
    made.set('accept-encoding', 'identity');
    if (etag !== undefined) made.set('if-none-match', etag);
    return made;
  } catch (error) {
    if (error instanceof SourceUnavailable) throw error;
    // The message of Headers holds the value it does not take.
    throw new SourceUnavailable('a configured header or the bearer token is not one visible line');
  }
}

async function tokenOf(
  token: { readonly secret: string } | { readonly file: string },
): Promise<string> {
  if ('secret' in token) return token.secret;
  let text: string;
  try {
    text = (await readFile(token.file, 'utf8')).trim();
  } catch (error) {
    throw new SourceUnavailable(
      `the bearer token's file ${token.file} cannot be read`,
      undefined,
      error,
    );
  }
  if (text === '') throw new SourceUnavailable(`the bearer token's file ${token.file} is empty`);
  return text;
}
