import { expect } from 'chai';
import type { Answer, Ask } from '../../support/http.js';
import type { Client } from './table-service.js';

export type Codec = 'json' | 'form';
export const CODECS: readonly Codec[] = ['json', 'form'];

/** The members of a request in the words of the simple codec. */
export interface Wanted {
  readonly resource?: string;
  readonly scope?: string;
  readonly ttl?: number;
  readonly session_id?: string;
  readonly task_id?: string;
  readonly user_id?: string;
  readonly reason?: string;
  readonly [credential: `client_${string}`]: string;
}

/** A token request; without other wishes one that the demo's agent is granted. */
export function tokenAsk(codec: Codec, client: Client | undefined, wanted: Wanted = {}): Ask {
  const members = { resource: 'stripe', scope: 'read_invoices', ...wanted };
  const basic = client === undefined ? {} : { basic: client };
  if (codec === 'json') return { ...basic, json: members };
  const { ttl, ...texts } = members;
  const form = { grant_type: 'client_credentials', ...texts };
  return {
    ...basic,
    form: ttl === undefined ? form : { ...form, countersign_ttl: String(ttl) },
  };
}

/** That request as raw text of a codec, for bodies no encoder would make. */
export function rawAsk(codec: Codec, client: Client, body: string | Uint8Array): Ask {
  const type = codec === 'json' ? 'application/json' : 'application/x-www-form-urlencoded';
  return { basic: client, headers: { 'content-type': type }, body };
}

/** The token of a granted request. */
export function tokenOf(answer: Answer): string {
  expect(answer.status, answer.text).to.equal(200);
  return String(answer.json()['access_token']);
}

/** A part of a JWT, not verified. */
export function jwtPart(token: string, part: 0 | 1): Record<string, unknown> {
  const text = Buffer.from(token.split('.')[part] ?? '', 'base64url').toString('utf8');
  return JSON.parse(text) as Record<string, unknown>;
}

/**
 * Fails unless the answer is this error in the codec's own shape: problem+json, or all of RFC 6749 section 5.2 and no
 * other member; not cached; with a challenge, or a time to come back, exactly where the status calls for one.
 */
export function expectError(answer: Answer, codec: Codec, status: number, error: string): void {
  const at = `${codec}: ${answer.text}`;
  expect(answer.status, at).to.equal(status);
  const body = answer.json();
  expect(body['error'], at).to.equal(error);
  if (codec === 'json') {
    expect(answer.headers['content-type'], at).to.equal('application/problem+json');
    expect(body['status'], at).to.equal(status);
  } else {
    expect(answer.headers['content-type'], at).to.equal('application/json');
    expect(Object.keys(body), at).to.have.members(['error', 'error_description', 'error_uri']);
    expect(body['error_uri'], at).to.match(/^http:\/\/[^/]+\/errors\/[a-z_]+$/);
    expect(body['error_description'], at).to.match(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
  }
  expect(answer.headers['cache-control'], at).to.equal('no-store');
  expect('www-authenticate' in answer.headers, at).to.equal(status === 401);
  expect('retry-after' in answer.headers, at).to.equal(status === 429 || status === 503);
  if (status === 429 || status === 503) {
    expect(answer.headers['retry-after'], at).to.match(/^[1-9][0-9]*$/);
  }
}

const VARYING = new Set(['date', 'keep-alive']);

/** Status, every header but the date, and the body; `ids` are put in one spelling, to compare two answers byte for byte. */
export function bytesOf(answer: Answer, ...ids: readonly RegExp[]): string {
  const headers = Object.entries(answer.headers).filter(([name]) => !VARYING.has(name));
  const text = JSON.stringify([answer.status, headers, answer.text]);
  return ids.reduce((all, id) => all.replaceAll(id, 'ID'), text);
}
