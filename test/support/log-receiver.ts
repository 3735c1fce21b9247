import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface Upload {
  readonly headers: IncomingHttpHeaders;
  /** Bytes as they came. */
  readonly size: number;
  readonly events: readonly Readonly<Record<string, unknown>>[];
  /** Whether it was answered 2xx. */
  readonly accepted: boolean;
}

/** A receiver of OPA's decision logs. `answer` gives the status, or undefined to keep the sender waiting. */
export class LogReceiver {
  readonly uploads: Upload[] = [];
  answer: (upload: Omit<Upload, 'accepted'>) => number | undefined = () => 204;
  #server: Server | undefined;
  #port = 0;

  /** Listens, on its earlier port after `close`; returns the URL. */
  async listen(): Promise<string> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        const events = JSON.parse(gunzipSync(body).toString()) as Upload['events'];
        const upload = { headers: request.headers, size: body.length, events };
        const status = this.answer(upload);
        const accepted = status !== undefined && status >= 200 && status < 300;
        this.uploads.push({ ...upload, accepted });
        if (status !== undefined) response.writeHead(status, { location: '/elsewhere' }).end('x');
      });
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    return `http://127.0.0.1:${String(this.#port)}/logs`;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  /** Ids of the decisions that were accepted, in order. */
  ids(): string[] {
    return this.uploads
      .filter(({ accepted }) => accepted)
      .flatMap(({ events }) => events.map((event) => String(event['decision_id'])));
  }
}
