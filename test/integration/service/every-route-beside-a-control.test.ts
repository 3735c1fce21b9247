import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AdminRole } from '../../../src/domain/admin-role.js';
import type { Route } from '../../../src/http/route.js';
import { packArchive } from '../../../src/policy/bundle/pack.js';
import { operationCases, type Subject } from '../../support/admin-operations.js';
import { makeBusyRecord } from '../../support/busy-record.js';
import type { Seen } from '../../support/control-load.js';
import { heavyBursts, send, type Burst } from '../../support/heavy-cases.js';
import { filled, HeavyClient } from '../../support/heavy-client.js';
import type { ListenerName } from '../../support/http.js';
import { routeTables } from '../../support/http-listeners.js';
import { ANY_PORTS } from '../../support/process.js';
import { startLoadedService, type LoadedService } from '../../support/loaded-service.js';
import { committedBundle, variantOf } from '../../support/stored-bundles.js';

/** What the slowest answer of the control may take, in times of the twin's. */
const RATIO = 20;
/** Answers of each load in a window at least. */
const ANSWERS = 10;
/** Windows beside nothing; the median counts, as the least that the twin is taken to need. */
const IDLE_WINDOWS = 25;
/** A stall is there in every round; the noise of a machine is not. */
const ROUNDS = 3;

const AGENT = 'demo-agent';
const TOKENS: Readonly<Record<AdminRole, string>> = {
  auditor: 'cs_admin_test_of_the_control_auditor',
  operator: 'cs_admin_test_of_the_control_operator',
  admin: 'cs_admin_test_of_the_control_admin',
};
const WEAKEST_FIRST: readonly AdminRole[] = ['auditor', 'operator', 'admin'];

/** Name of a route in the table of results: several listeners have some of them. */
const keyOf = (listener: ListenerName, { operationId }: Pick<Route, 'operationId'>): string =>
  `${listener} ${operationId}`;

interface Case {
  readonly key: string;
  readonly role: AdminRole;
  /** The plain request of the operation with a body of the maximum size, which later cases need; then the heavy ones. */
  readonly run: (round: number, heavy: boolean) => Promise<unknown>;
}

describe('a light control load beside every route at its largest input', function () {
  this.timeout(1_800_000);
  const tables = routeTables();
  let dir = '';
  let service: LoadedService;
  let twin: LoadedService;
  let admin: HeavyClient;
  let cases: readonly Case[] = [];
  const statuses: string[] = [];

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-control-'));
    const bundle = await variantOf(await committedBundle(), 'first', (data) => data);
    writeFileSync(join(dir, 'first.tar.gz'), await packArchive(bundle.files));
    const made = makeBusyRecord(join(dir, 'audit.db'), AGENT, 'first');
    const start = (folder: string): Promise<LoadedService> =>
      startLoadedService(folder, TOKENS.admin, (redisUrl) => serviceConfig(redisUrl, folder, dir));
    [service, twin] = [await start(dir), await start(join(dir, 'twin'))];
    admin = new HeavyClient(service.process.endpoints, TOKENS);
    const { http, token } = service;
    const world = { agentId: AGENT, decisionId: made.decisionId, token };
    const bursts = await heavyBursts(world, bundle.files);
    const subject: Subject = { http: admin, ...made, made: new Map() };
    const openapi = (await http.admin('GET', '/openapi.json')).json();
    cases = [...publicCases(bursts), ...adminCases(openapi, subject, bursts)];
  });
  after(async () => {
    await admin.close();
    await Promise.all([service.stop(), twin.stop()]);
    rmSync(dir, { recursive: true, force: true });
  });

  async function burst(url: string, authorization: string | undefined, bursts: readonly Burst[]) {
    for (const one of bursts) {
      const answered = await send(url, authorization, one);
      statuses.push(`${one.method} ${one.path.split('?')[0] ?? ''}: ${answered.join(' ')}`);
    }
  }

  function publicCases(bursts: Readonly<Record<string, readonly Burst[]>>): readonly Case[] {
    const { agent, server } = service;
    const { publicUrl, sidecarUrl = '', probesUrl = '' } = service.process.endpoints;
    const caller: Readonly<Record<string, string>> = {
      ...{ token: agent, introspect: server, revoke: agent },
      ...{ evaluateAccess: server, evaluateAccessBatch: server },
    };
    const get = (path: string): Burst => ({ method: 'GET', path, count: 1 });
    const plain: Readonly<Record<string, readonly Burst[]>> = {
      metadata: [get('/.well-known/oauth-authorization-server')],
      authzenConfiguration: [get('/.well-known/authzen-configuration')],
      jwks: [get('/jwks')],
      errorPage: [get('/errors/not_found')],
      health: [get('/healthz')],
      openapi: [get('/openapi.json')],
      evaluateAccess: [
        {
          ...{ method: 'POST', path: '/access/v1/evaluation', type: 'application/json', count: 1 },
          body: String(
            filled({
              subject: { type: 'agent', id: AGENT },
              action: { name: 'read_invoices' },
              resource: { type: 'resource', id: 'stripe' },
            }).body,
          ),
        },
      ],
    };
    const probes: Readonly<Record<string, readonly Burst[]>> = {
      health: [get('/healthz')],
      ready: [get('/readyz')],
      metrics: [get('/metrics')],
    };
    const known = { ...plain, ...probes, ...bursts };
    const casesOf = (
      listener: Exclude<ListenerName, 'admin'>,
      url: string,
      names: readonly string[],
    ): Case[] =>
      names.map((name) => ({
        key: `${listener} ${name}`,
        role: 'admin',
        run: () => burst(url, listener === 'public' ? caller[name] : undefined, known[name] ?? []),
      }));
    const sidecarToken: Case = {
      key: 'sidecar sidecarToken',
      role: 'admin',
      run: () => burst(sidecarUrl, undefined, bursts['token'] ?? []),
    };
    return [
      ...casesOf('public', publicUrl, [...Object.keys(plain), ...Object.keys(caller)].filter(once)),
      ...casesOf('sidecar', sidecarUrl, ['health', 'openapi']),
      sidecarToken,
      ...casesOf('probes', probesUrl, Object.keys(probes)),
    ];
  }

  function adminCases(
    openapi: Readonly<Record<string, unknown>>,
    subject: Subject,
    bursts: Readonly<Record<string, readonly Burst[]>>,
  ): readonly Case[] {
    const { adminUrl } = service.process.endpoints;
    return operationCases(openapi).cases.map(({ operation, call, status = 200 }) => {
      const route = tables.admin.find(({ operationId }) => operationId === operation);
      const role = WEAKEST_FIRST.find((one) => route?.access.includes(one)) ?? 'admin';
      return {
        key: `admin ${operation}`,
        role,
        run: async (round, heavy) => {
          admin.role = role;
          admin.name = `cased${String(round)}`;
          const answer = await call(subject);
          const why = (): string => service.process.output().split('\n').slice(-4).join('\n');
          if (round === 0 && answer.status !== status) {
            throw new Error(`${operation}: ${answer.text}\n${why()}`);
          }
          if (heavy) await burst(adminUrl, `Bearer ${TOKENS[role]}`, bursts[operation] ?? []);
        },
      };
    });
  }

  /** What both loads see while the work is done: what delays the machine delays the twin as well. */
  async function beside(work: () => Promise<unknown>) {
    const startMs = performance.now();
    let seen: Seen = { answers: 0, slowestMs: 0 };
    const twinSeen = await twin.load.during(ANSWERS, async () => {
      seen = await service.load.during(ANSWERS, work);
    });
    return { seen, twinSeen, ms: performance.now() - startMs };
  }

  it('has a case for every route of the tables', () => {
    const routes = (['public', 'admin', 'sidecar', 'probes'] as const).flatMap((listener) =>
      tables[listener].map((route) => keyOf(listener, route)),
    );
    expect(cases.map(({ key }) => key)).to.have.members(routes);
  });

  it('is not delayed by more than the ratio by any of them', async () => {
    const idle: number[] = [];
    for (let n = 0; n < IDLE_WINDOWS; n++) {
      idle.push((await twin.load.during(ANSWERS, () => Promise.resolve())).slowestMs);
    }
    const baselineMs = idle.sort((a, b) => a - b)[Math.floor(IDLE_WINDOWS / 2)] ?? 0;
    show(`beside nothing: ${baselineMs.toFixed(1)} ms`);
    const ratios = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round++) {
      if (round > 0 && [...ratios.values()].every((ratio) => ratio <= RATIO)) break;
      for (const { key, run } of cases) {
        const known = ratios.get(key) ?? Number.POSITIVE_INFINITY;
        const heavy = known > RATIO;
        if (!heavy) {
          await run(round, false);
          continue;
        }
        const { seen, twinSeen, ms } = await beside(() => run(round, true));
        const [slowest, other] = [seen.slowestMs, twinSeen.slowestMs];
        show(`${key}: ${slowest.toFixed(1)} ms, twin ${other.toFixed(1)} ms, of ${ms.toFixed(0)}`);
        ratios.set(key, Math.min(known, slowest / Math.max(other, baselineMs)));
      }
    }
    const slowest = [...ratios].sort(([, a], [, b]) => b - a);
    const shown = slowest.slice(0, 12).map(([key, ratio]) => `${key} ${ratio.toFixed(1)}`);
    show(statuses.join('\n'));
    const over = slowest.filter(([, ratio]) => ratio > RATIO);
    expect(over, `slowest: ${shown.join('; ')}`).to.deep.equal([]);
    expect(statuses.join('\n')).to.not.match(/ 50[0245]/);
  });
});

/** Shows the times on request: COUNTERSIGN_SHOW_RATIOS=1. */
function show(text: string): void {
  if (process.env['COUNTERSIGN_SHOW_RATIOS'] !== undefined) process.stderr.write(`${text}\n`);
}

function once(name: string, at: number, all: readonly string[]): boolean {
  return all.indexOf(name) === at;
}

function serviceConfig(
  redisUrl: string,
  dataDir: string,
  dir: string,
): Readonly<Record<string, unknown>> {
  const sha256 = (token: string): string => createHash('sha256').update(token).digest('hex');
  return {
    redis: { url: redisUrl, command_timeout_ms: 5000 },
    data_dir: dataDir,
    issuer: 'http://127.0.0.1:8484',
    listeners: { ...ANY_PORTS, probes: { enabled: true, port: 0 } },
    admin: {
      principals: (['auditor', 'operator'] as const).map((role) => ({
        ...{ id: role, role, token_sha256: sha256(TOKENS[role]) },
      })),
    },
    policy: {
      path: join(dir, 'first.tar.gz'),
      watch: false,
      admission: { inputs: 20, deadline_ms: 60_000, violations: 'warn' },
    },
  };
}
