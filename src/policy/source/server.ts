import { BundleRefused } from '../bundle/refused.js';
import { pollPauseMs, retryPauseMs, type PauseSettings } from './pauses.js';
import { requestHeaders, type ServerCredentials } from './request.js';
import { Silence } from './silence.js';
import { SourceUnavailable, type Ask, type Fetched, type Fetcher } from './source.js';

export interface ServerOptions extends ServerCredentials {
  readonly url: string;
  /** Maximum silence of the server, in seconds; a whole download may take 30 times as long. */
  readonly timeoutSeconds: number;
  readonly polling: {
    readonly minDelaySeconds: number;
    readonly maxDelaySeconds: number;
    /** Absent: no long polling. */
    readonly longPollingTimeoutSeconds?: number;
  };
  readonly maxBytes: number;
  readonly random: () => number;
}

/** Content type of a server that supports long polling. */
const LONG_POLLING_TYPE = 'application/vnd.openpolicyagent.bundles';
const WHOLE_DOWNLOAD = 30;
const LEAST_PAUSE_MS = 100;
const LONGEST_ETAG = 1024;

/**
 * Fetches bundles from an OPA bundle server over HTTP(S) as OPA does (`v1/download`).
 * Refuses redirects.
 */
export class ServerFetcher implements Fetcher {
  readonly origin: string;
  private holds: boolean;
  private readonly pauses: PauseSettings;

  constructor(private readonly options: ServerOptions) {
    const { url, polling, random } = options;
    const { origin, pathname } = new URL(url);
    // A query may hold a secret.
    this.origin = origin + pathname;
    this.holds = polling.longPollingTimeoutSeconds !== undefined;
    this.pauses = {
      minMs: polling.minDelaySeconds * 1000,
      maxMs: polling.maxDelaySeconds * 1000,
      random,
    };
  }

  async fetch({ etag, force }: Ask, signal: AbortSignal): Promise<Fetched> {
    const { longPollingTimeoutSeconds: longest } = this.options.polling;
    // A forced request must not wait: its caller wants an answer now.
    const waitSeconds = this.holds && !force ? longest : undefined;
    const headers = requestHeaders(this.options, {
      ...(etag === undefined || force ? {} : { etag }),
      ...(waitSeconds === undefined ? {} : { waitSeconds }),
    });
    const timeoutMs = this.options.timeoutSeconds * 1000;
    const waitMs = (waitSeconds ?? 0) * 1000;
    const silence = new Silence(signal, timeoutMs, timeoutMs * WHOLE_DOWNLOAD + waitMs);
    try {
      silence.heard(timeoutMs + waitMs);
      const answer = await fetch(this.options.url, {
        headers,
        redirect: 'manual',
        signal: silence.signal,
      });
      return await this.read(answer, silence, headers.has('if-none-match'));
    } catch (error) {
      if (error instanceof SourceUnavailable || error instanceof BundleRefused) throw error;
      throw new SourceUnavailable(
        `the bundle server ${silence.reason() ?? whyOf(error)}`,
        undefined,
        error,
      );
    } finally {
      silence.end();
    }
  }

  pauseMs(failures: number, tookMs: number): number {
    if (failures > 0) return retryPauseMs(failures, this.pauses);
    if (!this.holds) return pollPauseMs(this.pauses);
    return tookMs < LEAST_PAUSE_MS ? LEAST_PAUSE_MS : 0;
  }

  private async read(answer: Response, silence: Silence, conditional: boolean): Promise<Fetched> {
    if (answer.status !== 200) {
      await answer.body?.cancel();
      if (answer.status === 304 && conditional) return { changed: false };
      throw new SourceUnavailable(`the bundle server ${complaint(answer.status)}`, answer.status);
    }
    this.holds =
      this.options.polling.longPollingTimeoutSeconds !== undefined &&
      answer.headers.get('content-type') === LONG_POLLING_TYPE;
    const archive = await bodyWithin(answer, this.options.maxBytes, silence);
    const etag = answer.headers.get('etag') ?? '';
    const usable = etag !== '' && etag.length <= LONGEST_ETAG;
    return { changed: true, archive, ...(usable ? { etag } : {}) };
  }
}

async function bodyWithin(answer: Response, maxBytes: number, silence: Silence): Promise<Buffer> {
  const over = new BundleRefused('over_limit', [`more than ${String(maxBytes)} bytes compressed`]);
  if (Number(answer.headers.get('content-length') ?? 0) > maxBytes) {
    await answer.body?.cancel();
    throw over;
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  silence.heard();
  // Leaving the loop by a throw cancels the body.
  for await (const chunk of answer.body ?? []) {
    silence.heard();
    bytes += chunk.length;
    if (bytes > maxBytes) throw over;
    chunks.push(chunk);
  }
  if (bytes === 0) throw new SourceUnavailable('the bundle server sent nothing', answer.status);
  return Buffer.concat(chunks);
}

function complaint(status: number): string {
  if (status > 300 && status < 400 && status !== 304) {
    return `answered ${String(status)}: redirects are not followed, since they would receive the credentials`;
  }
  const why: Readonly<Record<number, string>> = {
    401: ': check the bearer token or the headers',
    403: ': check the bearer token or the headers',
    304: ' to a request without an ETag',
    404: ': check policy.server.url',
  };
  return `answered ${String(status)}${why[status] ?? ''}`;
}

function whyOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return `cannot be reached or closed the connection${code}`;
}
