import { readText } from '../../files/text-file.js';
import { SourceUnavailable } from './source.js';

/** Credentials of each request to the server. */
export interface ServerCredentials {
  /** The secret, or a file that each request reads, so that its content may be rotated. */
  readonly bearerToken?: { readonly secret: string } | { readonly file: string };
  readonly headers?: readonly { readonly name: string; readonly secret: string }[];
}

export interface RequestParts {
  readonly etag?: string;
  /** Maximum time the server may hold the request, in seconds; absent: no long polling. */
  readonly waitSeconds?: number;
}

/** Returns the headers of one bundle request. Throws SourceUnavailable without any secret. */
export function requestHeaders(
  { bearerToken, headers = [] }: ServerCredentials,
  { etag, waitSeconds }: RequestParts,
): Headers {
  try {
    const made = new Headers({ 'user-agent': 'countersign' });
    for (const { name, secret } of headers) made.set(name, secret);
    const token = bearerToken === undefined ? undefined : tokenOf(bearerToken);
    if (token !== undefined) made.set('authorization', `Bearer ${token}`);
    // No delta bundles: they cannot be signed.
    const wait = waitSeconds === undefined ? '' : `;wait=${String(waitSeconds)}`;
    made.set('prefer', `modes=snapshot${wait}`);
    // The archive is already compressed.
    made.set('accept-encoding', 'identity');
    if (etag !== undefined) made.set('if-none-match', etag);
    return made;
  } catch (error) {
    if (error instanceof SourceUnavailable) throw error;
    // The error of Headers contains the refused value.
    throw new SourceUnavailable(
      'a configured header or the bearer token is not a single printable line',
    );
  }
}

function tokenOf(token: { readonly secret: string } | { readonly file: string }): string {
  if ('secret' in token) return token.secret;
  const text = textOf(token.file)?.trim();
  if (text === undefined) throw unreadable(token.file);
  if (text === '') throw new SourceUnavailable(`the bearer token's file ${token.file} is empty`);
  return text;
}

function textOf(file: string): string | undefined {
  try {
    return readText(file, 'inside');
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, cause?: unknown): SourceUnavailable {
  return new SourceUnavailable(`the bearer token's file ${file} cannot be read`, undefined, cause);
}
