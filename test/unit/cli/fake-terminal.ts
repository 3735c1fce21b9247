import { createLogOutput } from '../../../src/telemetry/log-output.js';
import type { Runtime } from '../../../src/cli/ports.js';
import type { Terminal } from '../../../src/cli/terminal.js';

export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or the bytes as hex. */
  readonly body: string | undefined;
}

export interface FakeAnswer {
  readonly status: number;
  readonly body?: unknown;
}

export interface FakeOptions {
  readonly env?: Record<string, string>;
  readonly files?: Record<string, string>;
  /** Undefined: reading it fails. */
  readonly stdin?: string;
  /** Undefined: nothing listens there. */
  readonly answer?: (sent: Sent) => FakeAnswer | undefined;
  /** Columns of the terminal; absent: no terminal. */
  readonly columns?: number;
  readonly runtime?: Partial<Runtime>;
  /** Called after each text on standard output. */
  readonly onOut?: () => void;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly sent: readonly Sent[];
}

export const ADMIN_ENV = {
  COUNTERSIGN_ADMIN_URL: 'http://127.0.0.1:9',
  COUNTERSIGN_ADMIN_TOKEN: 'csa_admin',
};

/** Runs one command line with nothing real behind it. */
export async function run(argv: readonly string[], options: FakeOptions = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const sent: Sent[] = [];
  const files = options.files ?? {};
  const terminal: Terminal = {
    env: options.env ?? ADMIN_ENV,
    cwd: '/srv',
    out: (text) => {
      out.push(text);
      options.onOut?.();
    },
    err: (text) => void err.push(text),
    screen: { isTty: options.columns !== undefined, columns: options.columns },
    nowMs: () => Date.parse('2030-01-31T12:00:00Z'),
    readStdin: () =>
      options.stdin === undefined
        ? Promise.reject(new Error('broken'))
        : Promise.resolve(options.stdin),
    readFile: (path) => files[path],
    fetch: (input, init) => {
      const { method = 'GET', headers, body } = init ?? {};
      const request: Sent = {
        method,
        url: input instanceof URL ? input.href : typeof input === 'string' ? input : input.url,
        headers: Object.fromEntries(new Headers(headers)),
        body:
          body instanceof Uint8Array
            ? Buffer.from(body).toString('hex')
            : typeof body === 'string'
              ? body
              : undefined,
      };
      sent.push(request);
      const answer = options.answer?.(request);
      if (answer === undefined) {
        const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
        return Promise.reject(new TypeError('fetch failed', { cause }));
      }
      const text = answer.body === undefined ? null : JSON.stringify(answer.body);
      const init2 = { status: answer.status, headers: { 'content-type': 'application/json' } };
      return Promise.resolve(new Response(text, init2));
    },
  };
  const runtime: Runtime = {
    loadRunner: () => Promise.reject(new Error('no runner')),
    startPrivateRedis: () => Promise.reject(new Error('no redis')),
    openLog: () => Promise.resolve(createLogOutput(process.stderr)),
    askRedis: () => Promise.reject(new Error('no redis')),
    mintAdminToken: () => Promise.resolve('csa_minted'),
    signals: { on: () => undefined, off: () => undefined },
    exit: () => undefined,
    ...options.runtime,
  };
  // Imported here, since `require` and `import` of the test loader make two instances of a module.
  const { runCommandLine } = await import('../../../src/cli/run.js');
  const code = await runCommandLine(argv, terminal, runtime);
  return { code, out: out.join(''), err: err.join(''), sent };
}
