import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';
import { until } from '../episode.js';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A small OPA bundle server on a real port: ETag, 304, long polling, a bearer token, and whatever `answer` says. */
export class BundleServer {
  readonly requests: IncomingMessage[] = [];
  /** In the place of serving the bundle. */
  answer: Answer | undefined;
  /** Wanted in `Authorization`. */
  token: string | undefined;
  longPolling = false;
  etags = true;
  private bundle: Buffer = Buffer.alloc(0);
  private readonly held = new Set<() => void>();

  private constructor(private readonly server: Server) {}

  static async start(port = 0): Promise<BundleServer> {
    const made: { at?: BundleServer } = {};
    const server = createServer((request, response) => made.at?.handle(request, response));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return (made.at = new BundleServer(server));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}/bundle.tar.gz`;
  }

  get holding(): number {
    return this.held.size;
  }

  serve(bundle: Buffer): void {
    this.bundle = bundle;
    for (const release of this.held) release();
  }

  /** The nth request from now on. */
  async nextRequest(): Promise<IncomingMessage> {
    const before = this.requests.length;
    await until('the bundle server was asked', () => this.requests.length > before);
    const request = this.requests[before];
    if (request === undefined) throw new Error('no request');
    return request;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(request);
    if (this.answer !== undefined) this.answer(request, response);
    else if (this.token !== undefined && request.headers.authorization !== `Bearer ${this.token}`) {
      response.writeHead(401).end();
    } else this.reply(request, response);
  }

  private reply(request: IncomingMessage, response: ServerResponse): void {
    const etag = `"${createHash('sha256').update(this.bundle).digest('hex')}"`;
    const type = this.longPolling ? 'application/vnd.openpolicyagent.bundles' : 'application/gzip';
    const headers = { 'content-type': type, ...(this.etags ? { etag } : {}) };
    if (!this.etags || request.headers['if-none-match'] !== etag) {
      response.writeHead(200, headers).end(this.bundle);
      return;
    }
    const wait = /wait=([0-9]+)/.exec(String(request.headers['prefer']))?.[1];
    if (!this.longPolling || wait === undefined) {
      response.writeHead(304, headers).end();
      return;
    }
    const release = (): void => {
      this.held.delete(release);
      this.reply(request, response);
    };
    this.held.add(release);
    request.on('close', () => this.held.delete(release));
  }
}
