import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Config } from '../config/config.js';
import type { Tree } from '../config/tree.js';
import { ConfigInvalid, formatProblem } from '../config/problems.js';
import type {
  AuditPageAnswer,
  PolicyAnswer,
  ProblemAnswer,
  ReadyAnswer,
} from '../domain/answers.generated.js';
import { CLOCKS_UNREAD } from '../domain/readiness.js';
import { hostPort } from '../domain/host-port.js';
import { adminClient } from './admin-client.js';
import { CliFailure } from './failure.js';
import { exchange, type Answer } from './http-client.js';
import type { Runtime } from './ports.js';
import { adminAccess } from './access.js';
import { readConfig } from './settings.js';
import type { Terminal } from './terminal.js';
import { READER, type Reader } from './values.js';

const audit: Reader<AuditPageAnswer> = READER;
const policy: Reader<PolicyAnswer> = READER;
const ready: Reader<ReadyAnswer> = READER;
const refusal: Reader<ProblemAnswer> = READER;
const check: Reader<ReadyAnswer['checks'][number]> = READER;

const MAX_CLOCK_SKEW_MS = 5000;

/** Checks the configuration and the bundle it names. */
export function checkConfiguration(terminal: Terminal): Finding[] {
  try {
    const config = readConfig(terminal);
    const detail = `profile ${config.profile}, ${config.file ?? 'no file: the defaults'}`;
    const warnings = config.warnings.map((warning) => `warning: ${warning}`);
    return [{ name: 'config', ok: true, detail: [detail, ...warnings].join('; ') }, bundle(config)];
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    const detail = error.problems.map(formatProblem).join('; ');
    return [{ name: 'config', ok: false, detail, advice: 'countersign config check' }];
  }
}

function bundle({ policy: { path } }: Config): Finding {
  const found = statSync(path, { throwIfNoEntry: false });
  const whole =
    found?.isDirectory() === true ? existsSync(join(path, 'policy.wasm')) : found?.isFile();
  if (whole === true) return { name: 'bundle', ok: true, detail: path };
  const what = found === undefined ? 'does not exist' : 'has no policy.wasm';
  return {
    name: 'bundle',
    ok: false,
    detail: `${path} ${what}`,
    advice: 'set policy.path to a bundle built by `opa build -t wasm`',
  };
}

/** Checks each address of the configured Redis from this machine, with the configured TLS and logins. */
export async function checkRedis(
  terminal: Terminal,
  runtime: Pick<Runtime, 'askRedis'>,
): Promise<Finding[]> {
  const config = validConfig(terminal);
  if (config?.redis.url === undefined) return [];
  const advice = 'the cause is above; docs/operate/runbooks/redis-cannot-be-reached.md';
  const answers = await runtime.askRedis(config);
  return answers.map(({ address, problem }) => {
    const ok = problem === undefined;
    const detail = `${address}: ${problem ?? 'answers'}`;
    return { name: 'redis', ok, detail, ...(ok ? {} : { advice }) };
  });
}

function validConfig(terminal: Terminal): Config | undefined {
  try {
    return readConfig(terminal);
  } catch (error) {
    if (error instanceof ConfigInvalid) return undefined;
    throw error;
  }
}

/** The findings about the admin listener, and what answers there. */
export interface ServiceFindings {
  readonly findings: Finding[];
  readonly answered: 'service' | 'other' | 'nothing';
}

/** Checks the admin listener, its readiness checks and the clock. The first finding is the listener. */
export async function checkService(
  terminal: Terminal,
  adminUrl: string | undefined,
): Promise<ServiceFindings> {
  const { url } = await adminAccess(terminal, adminUrl);
  try {
    const answer = await exchange(terminal, { method: 'GET', url: `${url}/readyz` });
    const { status, body, date } = answer;
    const isReadiness = status === 200 || status === 503;
    if (!isReadiness || !Array.isArray(ready.value(body, 'checks'))) {
      return { answered: 'other', findings: [otherAnswer(url, answer)] };
    }
    const checks = ready.rows(body, 'checks').map((row) => readiness(row));
    const alive = { name: 'service', ok: true, detail: `${url} answers (${String(status)})` };
    return { answered: 'service', findings: [alive, ...checks, clock(terminal, date)] };
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error;
    const advice = 'countersign start, or set COUNTERSIGN_ADMIN_URL';
    const finding = { name: 'service', ok: false, detail: error.message, advice };
    return { answered: 'nothing', findings: [finding] };
  }
}

/** Returns the finding for a refusal, or for the answer of another program. */
function otherAnswer(url: string, { status, body }: Answer): Finding {
  const parts = [refusal.text(body, 'error'), refusal.text(body, 'detail')];
  const why = parts.filter((part) => part !== '').join(': ') || 'not a readiness report';
  const advice =
    refusal.text(body, 'hint') || 'set COUNTERSIGN_ADMIN_URL to the admin listener of the service';
  return { name: 'service', ok: false, detail: `${url} answers ${String(status)}: ${why}`, advice };
}

const ADVICE: Readonly<Record<string, string>> = {
  redis:
    'the detail says which address fails, and why: docs/operate/runbooks/redis-cannot-be-reached.md',
  clock: 'synchronise the clocks with NTP; docs/operate/runbooks/clocks-apart.md',
  policy: 'countersign policy status says why the bundle was refused',
  keyring: 'check the key-encryption key: it must be the one the signing keys were sealed with',
};

function readiness(row: Tree): Finding {
  const name = check.text(row, 'name');
  const ok = check.value(row, 'ok') === true;
  const detail = check.text(row, 'detail') || (ok ? 'ok' : 'not ready');
  const about = name === 'clock' && detail.startsWith(CLOCKS_UNREAD) ? 'redis' : name;
  const advice = ADVICE[about] ?? "read the service's log";
  return { name: `ready/${name}`, ok, detail, ...(ok ? {} : { advice }) };
}

function clock(terminal: Terminal, date: string | undefined): Finding {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return { name: 'clock', ok: true, detail: 'the answer has no date' };
  const apartMs = Math.abs(terminal.nowMs() - theirs);
  const detail = `${String(Math.round(apartMs / 1000))} s apart from this machine`;
  const ok = apartMs <= MAX_CLOCK_SKEW_MS;
  return { name: 'clock', ok, detail, ...(ok ? {} : { advice: 'synchronise both with NTP' }) };
}

/** Checks the admin token and, with it, the bundle, the audit store and the worker's progress. */
export async function checkAdminApi(
  terminal: Terminal,
  adminUrl: string | undefined,
): Promise<Finding[]> {
  try {
    const client = await adminClient(terminal, adminUrl);
    const { body: deciding } = await client.call('GET', '/policy');
    const { body: newest } = await client.call('GET', '/audit', { query: { limit: '1' } });
    return [
      { name: 'admin token', ok: true, detail: 'accepted' },
      activePolicy(deciding),
      auditStore(audit.text(newest, 'problem')),
      worker(audit.value(newest, 'complete') === true),
    ];
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error;
    const advice = 'set COUNTERSIGN_ADMIN_TOKEN to the token of this service';
    return [{ name: 'admin api', ok: false, detail: error.message, advice }];
  }
}

function activePolicy(body: unknown): Finding {
  const refused = policy.text(body, 'last_refusal', 'detail');
  const detail = `revision ${policy.text(body, 'revision')}`;
  if (refused === '') return { name: 'policy', ok: true, detail };
  const advice = 'correct the bundle, then countersign policy reload';
  return { name: 'policy', ok: false, detail: `${detail}; newest refused: ${refused}`, advice };
}

function auditStore(problem: string): Finding {
  if (problem === '')
    return { name: 'audit store', ok: true, detail: 'the store that receives the events' };
  if (problem.startsWith('audit sink')) {
    const advice = 'correct audit.jsonl_path or its disk; docs/operate/rotate-files.md';
    return { name: 'audit sinks', ok: false, detail: problem, advice };
  }
  const advice = 'stop no process before you have read docs/operate/runbooks/audit-store-lost.md';
  return { name: 'audit store', ok: false, detail: problem, advice };
}

function worker(keepsUp: boolean): Finding {
  if (keepsUp) return { name: 'worker', ok: true, detail: 'every event is in the audit store' };
  const advice = 'check that `countersign worker` is running, and read its log';
  return { name: 'worker', ok: false, detail: 'events wait to be stored', advice };
}

/** Checks whether the configured ports are free, for a service that does not answer. */
export async function checkListeners(terminal: Terminal): Promise<Finding[]> {
  const config = validConfig(terminal);
  if (config === undefined) return [];
  const { public: open, admin, sidecar, probes } = config.listeners;
  const tcp = [
    { name: 'public', ...open },
    { name: 'admin', ...admin },
    ...(sidecar.enabled && sidecar.socket === undefined ? [{ name: 'sidecar', ...sidecar }] : []),
    ...(probes.enabled ? [{ name: 'probes', ...probes }] : []),
  ];
  return Promise.all(tcp.map(({ name, host, port }) => portOf(name, host, port)));
}

async function portOf(name: string, host: string, port: number): Promise<Finding> {
  const problem = await new Promise<string | undefined>((settle) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      settle(error.code ?? error.message);
    });
    server.listen({ host, port }, () => {
      server.close(() => {
        settle(undefined);
      });
    });
  });
  const detail = `${hostPort(host, port)} ${problem === undefined ? 'is free' : `cannot be bound (${problem})`}`;
  const advice = `end the process that holds it, or set another listeners.${name}.port`;
  return {
    name: `port/${name}`,
    ok: problem === undefined,
    detail,
    ...(problem ? { advice } : {}),
  };
}

/** A line of the report. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** Remedy; failed checks only. */
  readonly advice?: string;
}
