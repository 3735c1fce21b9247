import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { CountersignError } from '../domain/errors.js';
import type { Principal } from '../domain/revocation.js';
import type { Call, PathParams } from './call.js';
import type { ListenerName } from '../domain/http-observation.js';
import type { SourceOf } from './proxies/source.js';
import { readBody } from './read-body.js';
import { requestIdOf } from './request-id.js';

/** A call over node:http. Its members are computed on first use. */
export class IncomingCall implements Call {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly requestId: string;
  principal: Principal | undefined = undefined;
  #body: Promise<Uint8Array> | undefined;
  #source: string | undefined;

  constructor(
    private readonly req: IncomingMessage,
    readonly params: PathParams,
    readonly listener: ListenerName,
    readonly deadlineMs: number,
    private readonly sourceOf: SourceOf,
  ) {
    const target = req.url ?? '/';
    const mark = target.indexOf('?');
    this.method = req.method ?? 'GET';
    this.path = mark < 0 ? target : target.slice(0, mark);
    this.query = mark < 0 ? '' : target.slice(mark + 1);
    this.headers = req.headers;
    this.requestId = requestIdOf(req.headers['x-request-id']);
  }

  get source(): string {
    this.#source ??= this.sourceOf(this.req);
    return this.#source;
  }

  body(maxBytes?: number): Promise<Uint8Array> {
    this.#body ??= readBody(this.req, maxBytes);
    return this.#body;
  }

  single(name: string): string | undefined {
    const value = this.headers[name];
    if (value === undefined) return undefined;
    const raw = this.req.rawHeaders;
    let seen = 0;
    for (let i = 0; i < raw.length; i += 2) {
      const candidate = raw[i];
      if (candidate?.length === name.length && candidate.toLowerCase() === name) seen++;
    }
    if (seen > 1 || typeof value !== 'string') {
      throw new CountersignError('invalid_request', `The header ${name} occurs more than once.`);
    }
    return value;
  }
}
