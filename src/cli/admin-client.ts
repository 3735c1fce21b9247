import type { Tree } from '../config/tree.js';
import { EXIT } from './exit-codes.js';
import { CliFailure } from './failure.js';
import {
  exchange,
  expectSuccess,
  warnWhenPlain,
  type Answer,
  type Exchange,
} from './http-client.js';
import { adminAccess } from './access.js';
import { hintOfMissing } from './listed-by.js';
import type { Terminal } from './terminal.js';
import { cursorOf, itemsOf } from './page.js';

const SLOW_TIMEOUT_MS = 180_000;

export interface AdminRequest {
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** A tar.gz, sent instead of a JSON body. */
  readonly archive?: Uint8Array;
  /** Whether the service needs longer than the timeout of an ordinary call. */
  readonly slow?: boolean;
  /** Sent as `If-Match: "<version>"`. */
  readonly ifMatch?: number;
  /** Timeout of slow calls; default: 20 s. */
  readonly timeoutMs?: number;
}

/** A client of the admin API; a call succeeds or throws CliFailure. */
export interface AdminClient {
  readonly url: string;
  call(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    request?: AdminRequest,
  ): Promise<Answer>;
  /** Returns the items of the first page, or of all pages. */
  list(path: string, request: ListRequest): Promise<ListAnswer>;
}

export interface ListRequest {
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly all: boolean;
}

export interface ListAnswer {
  readonly items: readonly Tree[];
  /** Cursor of the next page; undefined on the last page. */
  readonly nextCursor: string | undefined;
  /** The first page, unchanged. */
  readonly first: unknown;
}

export async function adminClient(terminal: Terminal, urlOption?: string): Promise<AdminClient> {
  const { url, token } = await adminAccess(terminal, urlOption);
  if (token === undefined || token === '') {
    throw new CliFailure(
      EXIT.notAllowed,
      `no admin token for ${url}: set COUNTERSIGN_ADMIN_TOKEN, or run this next to the service's data folder`,
    );
  }
  warnWhenPlain(terminal, url);
  const call: AdminClient['call'] = async (method, path, request = {}) =>
    expectSuccess(
      await exchange(terminal, {
        method,
        url: `${url}/admin/v1${path}${queryOf(request.query ?? {})}`,
        ...contentOf(request, token),
        ...(request.slow === true ? { timeoutMs: SLOW_TIMEOUT_MS } : {}),
        ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
      }),
      hintOfMissing(path),
    );
  return { url, call, list: (path, request) => listPages(call, path, request) };
}

function contentOf(
  { body, archive, ifMatch }: AdminRequest,
  token: string,
): Pick<Exchange, 'headers' | 'body'> {
  const sent = archive ?? (body === undefined ? undefined : JSON.stringify(body));
  const type = archive === undefined ? 'application/json' : 'application/gzip';
  const headers = {
    authorization: `Bearer ${token}`,
    accept: 'application/json',
    ...(sent === undefined ? {} : { 'content-type': type }),
    ...(ifMatch === undefined ? {} : { 'if-match': `"${String(ifMatch)}"` }),
  };
  return sent === undefined ? { headers } : { headers, body: sent };
}

async function listPages(
  call: AdminClient['call'],
  path: string,
  { query = {}, all }: ListRequest,
): Promise<ListAnswer> {
  const { body: first } = await call('GET', path, { query });
  const items = [...itemsOf(first)];
  let cursor = cursorOf(first);
  while (all && cursor !== undefined) {
    const { body } = await call('GET', path, { query: { ...query, cursor } });
    items.push(...itemsOf(body));
    const next = cursorOf(body);
    // A cursor that points to itself would loop forever.
    cursor = next === cursor ? undefined : next;
  }
  return { items, nextCursor: cursor, first };
}

function queryOf(query: Readonly<Record<string, string | undefined>>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') given.append(name, value);
  }
  const text = given.toString();
  return text === '' ? '' : `?${text}`;
}

/** Encodes one segment of a path. */
export function segment(id: string): string {
  return encodeURIComponent(id);
}
