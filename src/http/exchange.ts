import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../domain/clock.js';
import { CountersignError } from '../domain/errors.js';
import type { PathParams, Reply } from './call.js';
import type { ListenerName, HttpObservation } from '../domain/http-observation.js';
import { codecOf } from './content-type.js';
import { type ErrorShape, replyError, toCountersignError } from './error-reply.js';
import { IncomingCall } from './incoming-call.js';
import type { SourceOf } from './proxies/source.js';
import { echoedRequestId } from './request-id.js';
import type { Route } from './route.js';

/** Runs before every handler of a listener; throws to refuse. */
export type Guard = (call: IncomingCall, route: Route | undefined) => void | Promise<void>;

export interface ExchangeDeps {
  readonly listener: ListenerName;
  readonly issuer: string;
  readonly requestTimeoutMs: number;
  readonly clock: Clock;
  readonly guard: Guard | undefined;
  readonly sourceOf: SourceOf;
  observe(observation: HttpObservation): void;
  /** Reports a thrown value that is not a CountersignError: a defect or a dependency's fault. */
  onError(error: unknown, call: { readonly requestId: string; readonly route: string }): void;
}

const UNMATCHED = 'unmatched';

/**
 * Answers requests on one listener: guard, handler, error handler, write, observe.
 * Express and the front before it share it.
 */
export class Exchange {
  /** Responses in progress. */
  readonly active = new Set<ServerResponse>();
  /** Once set, every answer carries `Connection: close`. */
  draining = false;

  constructor(private readonly deps: ExchangeDeps) {}

  /** Serves one request with a route's handler. Never rejects. */
  async answer(
    route: Route,
    req: IncomingMessage,
    res: ServerResponse,
    params: PathParams,
  ): Promise<void> {
    await this.#run(req, res, params, route, route.handler);
  }

  /** Answers a request that no route serves. Never rejects. */
  async answerUnmatched(
    req: IncomingMessage,
    res: ServerResponse,
    make: () => Reply,
  ): Promise<void> {
    await this.#run(req, res, {}, undefined, () => make());
  }

  async #run(
    req: IncomingMessage,
    res: ServerResponse,
    params: PathParams,
    route: Route | undefined,
    handle: (call: IncomingCall) => Reply | Promise<Reply>,
  ): Promise<void> {
    const { listener, guard, clock, requestTimeoutMs } = this.deps;
    const startedAt = performance.now();
    const deadlineMs = clock.nowMs() + requestTimeoutMs;
    const call = new IncomingCall(req, params, listener, deadlineMs, this.deps.sourceOf);
    this.active.add(res);
    let reply: Reply;
    let error: CountersignError | undefined;
    try {
      requireOriginForm(call);
      if (guard !== undefined) await guard(call, route);
      reply = await handle(call);
    } catch (thrown) {
      error = toCountersignError(thrown);
      if (error !== thrown)
        this.deps.onError(thrown, { requestId: call.requestId, route: nameOf(route) });
      reply = replyError(error, shapeOf(call, route), this.deps.issuer, call.requestId);
    }
    this.#write(res, reply, shownRequestId(call, route));
    this.active.delete(res);
    this.deps.observe({
      route: nameOf(route),
      listener,
      method: call.method,
      status: reply.status,
      durationMs: performance.now() - startedAt,
      requestId: call.requestId,
      source: call.source,
      error,
    });
  }

  #write(res: ServerResponse, reply: Reply, requestId: string): void {
    if (res.destroyed || res.headersSent) return;
    if (this.draining) res.shouldKeepAlive = false;
    const headers = [...reply.headers, 'X-Request-Id', requestId];
    // RFC 9110 section 8.6: no Content-Length with 204.
    if (reply.status !== 204) {
      headers.push('Content-Length', String(Buffer.byteLength(reply.body)));
    }
    res.writeHead(reply.status, headers);
    res.end(reply.body);
  }
}

// The host of an absolute-form target (RFC 9112 section 3.2.2) would override the Host that the guards check.
function requireOriginForm({ path }: IncomingCall): void {
  if (path.startsWith('/')) return;
  throw new CountersignError('invalid_request', 'The request target is not a path.');
}

// Logs and events always have the well-formed id.
function shownRequestId(call: IncomingCall, route: Route | undefined): string {
  const echoed =
    route?.echoesRequestId === true ? echoedRequestId(call.headers['x-request-id']) : undefined;
  return echoed ?? call.requestId;
}

function nameOf(route: Route | undefined): string {
  return route?.operationId ?? UNMATCHED;
}

/** Returns the route's error shape, OAuth's for form requests of clients, problem+json otherwise. */
function shapeOf(call: IncomingCall, route: Route | undefined): ErrorShape {
  if (route?.errorShape !== undefined) return route.errorShape;
  const isForm =
    route?.body?.form !== undefined && codecOf(call.headers['content-type']) === 'form';
  return isForm ? 'oauth' : 'problem';
}
