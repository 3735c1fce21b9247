import { Client } from 'undici';
import { contractOf, type OpenApiContract } from './openapi-contract.js';

/** Addresses of a running service, in this or another process. */
export interface Endpoints {
  readonly publicUrl: string;
  readonly adminUrl: string;
  /** `http://…`, `unix:<path>`, or undefined when it is off. */
  readonly sidecarUrl: string | undefined;
  /** Absent when it is off. */
  readonly probesUrl?: string | undefined;
  readonly adminToken: string;
}

export type ListenerName = 'public' | 'admin' | 'sidecar' | 'probes';

/** One request. At most one of `json`, `form` and `body` is given. */
export interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** RFC 6749 section 2.3.1, both parts form-urlencoded. */
  readonly basic?: readonly [id: string, secret: string];
  /** On the admin listener: another token than the endpoints' own, or none. */
  readonly adminToken?: string | undefined;
}

export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The parsed body; throws when it is not a JSON object. */
  json(): Record<string, unknown>;
}

/** A client that checks every answer against the OpenAPI document the listener serves. */
export class HttpClient {
  readonly #clients = new Map<ListenerName, Client>();
  readonly #contracts = new Map<ListenerName, Promise<OpenApiContract>>();

  constructor(private readonly endpoints: Endpoints) {}

  /** Sends to the public listener, `admin` or `sidecar` to the others. */
  send(method: string, path: string, ask: Ask = {}): Promise<Answer> {
    return this.#send('public', method, path, ask);
  }

  admin(method: string, path: string, ask: Ask = {}): Promise<Answer> {
    const token = 'adminToken' in ask ? ask.adminToken : this.endpoints.adminToken;
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return this.#send('admin', method, path, {
      ...ask,
      headers: { ...authorization, ...ask.headers },
    });
  }

  sidecar(method: string, path: string, ask: Ask = {}): Promise<Answer> {
    return this.#send('sidecar', method, path, ask);
  }

  /** Sends to the probes listener, which serves no document to check the answer against. */
  probes(method: string, path: string, ask: Ask = {}): Promise<Answer> {
    return this.#exchange('probes', method, path, ask);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.destroy()));
  }

  async #send(listener: ListenerName, method: string, path: string, ask: Ask): Promise<Answer> {
    const contract = await this.#contract(listener);
    const answer = await this.#exchange(listener, method, path, ask);
    contract.check({ method, path, ...answer });
    return answer;
  }

  #contract(listener: ListenerName): Promise<OpenApiContract> {
    const known = this.#contracts.get(listener);
    if (known !== undefined) return known;
    const fetched = this.#exchange(listener, 'GET', '/openapi.json', {}).then(({ text }) =>
      contractOf(text),
    );
    this.#contracts.set(listener, fetched);
    return fetched;
  }

  async #exchange(listener: ListenerName, method: string, path: string, ask: Ask): Promise<Answer> {
    const { type, body } = bodyOf(ask);
    const response = await this.#client(listener).request({
      method: method,
      path,
      headers: {
        ...(type === undefined ? {} : { 'content-type': type }),
        ...(ask.basic === undefined ? {} : { authorization: basicOf(...ask.basic) }),
        ...ask.headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.body.text();
    return {
      status: response.statusCode,
      headers: flatten(response.headers),
      text,
      json: () => objectOf(text),
    };
  }

  #client(listener: ListenerName): Client {
    const known = this.#clients.get(listener);
    if (known !== undefined) return known;
    const made = clientOf(this.#urlOf(listener));
    this.#clients.set(listener, made);
    return made;
  }

  #urlOf(listener: ListenerName): string {
    const { publicUrl, adminUrl, sidecarUrl, probesUrl } = this.endpoints;
    const urls = { public: publicUrl, admin: adminUrl, sidecar: sidecarUrl, probes: probesUrl };
    const url = urls[listener];
    if (url === undefined) throw new Error(`no ${listener} listener`);
    return url;
  }
}

/** The value of an `Authorization` header for client_secret_basic. */
export function basicOf(id: string, secret: string): string {
  const encode = (part: string): string => new URLSearchParams({ x: part }).toString().slice(2);
  return `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64')}`;
}

function clientOf(url: string): Client {
  return url.startsWith('unix:')
    ? new Client('http://localhost', { socketPath: url.slice('unix:'.length) })
    : new Client(url);
}

function bodyOf({ json, form, body }: Ask): { type?: string; body?: string | Uint8Array } {
  if (json !== undefined) return { type: 'application/json', body: JSON.stringify(json) };
  if (form !== undefined) {
    const text = new URLSearchParams(form).toString();
    return { type: 'application/x-www-form-urlencoded', body: text };
  }
  return body === undefined ? {} : { body };
}

function flatten(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

function objectOf(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`not a JSON object: ${text}`);
  }
  return value as Record<string, unknown>;
}
