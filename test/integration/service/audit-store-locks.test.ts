import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { openAuditStore } from '../../../src/audit/store.js';
import { operationCases, type Subject } from '../../support/admin-operations.js';
import { opaBinary } from '../../support/bundles/opa.js';
import { GRANT_WHAT_IS_ASKED } from '../../support/bundles/policies.js';
import { until } from '../../support/episode.js';
import { HttpClient } from '../../support/http.js';
import { startProcess, type CountersignProcess } from '../../support/process.js';
import { storeLocks } from '../../support/store-locks.js';
import { bundleFile } from '../../support/two-services.js';
import { useFolder } from '../../support/use-started.js';
import { useRedis } from '../../support/use-store.js';
import { entry, event } from '../../unit/audit/fakes.js';

const ADMIN_TOKEN = 'cs_admin_test_of_the_audit_store_locks';
const LOOKS = 20;
const LAYOUTS = { 'in one process': ['start'], 'in two processes': ['worker', 'serve'] } as const;

/** Opens the store as another program would, reads it and closes it: SQLite deletes the WAL of an unused store. */
function openElsewhere(path: string): void {
  const script = `const Libsql = require('libsql'); const store = new Libsql(process.argv[1]);
    store.prepare('SELECT count(*) FROM events').all([]); store.close();`;
  execFileSync(process.execPath, ['-e', script, path]);
}

for (const [layout, commands] of Object.entries(LAYOUTS)) {
  describe(`the audit store under service and worker ${layout}`, function () {
    this.timeout(300_000);
    const redis = useRedis();
    const dataDir = useFolder();
    const path = join(dataDir, 'audit.db');
    let deliveryId = '';
    let running: CountersignProcess[] = [];
    let http = new HttpClient({
      publicUrl: '',
      adminUrl: '',
      sidecarUrl: undefined,
      adminToken: '',
    });
    before(async () => {
      deliveryId = deliveryToNowhere(path);
      await start();
    });
    after(() => stop('SIGKILL'));

    async function start(): Promise<void> {
      for (const command of commands) {
        running.push(
          await startProcess({
            command,
            dir: dataDir,
            adminToken: ADMIN_TOKEN,
            env: { COUNTERSIGN_OPA: opaBinary() },
            config: {
              redis: { url: redis.url, command_timeout_ms: 5000 },
              data_dir: dataDir,
              issuer: 'http://127.0.0.1:8484',
              policy: {
                path: bundleFile(GRANT_WHAT_IS_ASKED, 'first', 1),
                watch: false,
                admission: { inputs: 20, deadline_ms: 60_000, violations: 'warn' },
              },
            },
          }),
        );
      }
      http = new HttpClient(running.at(-1)!.endpoints);
    }

    async function stop(signal: NodeJS.Signals): Promise<void> {
      await http.close();
      for (const one of running.reverse()) {
        one.kill(signal);
        await one.exited;
      }
      running = [];
    }

    async function issue(): Promise<Record<string, unknown>> {
      const answer = await http.sidecar('POST', '/token', {
        json: { resource: 'stripe', scope: 'read_invoices', ttl: 60 },
      });
      expect(answer.status, answer.text).to.equal(200);
      return answer.json();
    }

    async function grants(): Promise<readonly Record<string, unknown>[]> {
      let items: Record<string, unknown>[] = [];
      await until('the record is complete', async () => {
        const page = await http.admin('GET', '/admin/v1/audit?type=access.granted&limit=500');
        items = page.json()['items'] as Record<string, unknown>[];
        return page.json()['complete'] === true;
      });
      return items;
    }

    const isIrrevocable = async (): Promise<boolean> => {
      const page = await http.admin('GET', '/admin/v1/deliveries?state=irrevocable');
      return (page.json()['items'] as unknown[]).length === 1;
    };
    const locks = (): readonly (readonly string[])[] =>
      running.map(({ pid }) => storeLocks(pid, path));

    it('keeps its POSIX locks through every operation of the admin listener', async () => {
      await issue();
      const [granted] = await grants();
      await until('the delivery is irrevocable', isIrrevocable);
      const subject: Subject = {
        http,
        deliveryId,
        decisionId: String(granted?.['decision_id']),
        made: new Map(),
      };
      const before = locks();
      for (const held of before) expect(held, 'the locks of a process').to.have.length(2);
      const { cases } = operationCases((await http.admin('GET', '/openapi.json')).json());
      for (const { operation, call, status = 200 } of cases) {
        const answer = await call(subject);
        expect(answer.status, `${operation}: ${answer.text}`).to.equal(status);
        // The kernel may leave out a lock while others come and go; a lost one stays lost.
        let held = locks();
        for (let look = 0; look < LOOKS && !isDeepStrictEqual(held, before); look++) held = locks();
        expect(held, `locks after ${operation}`).to.deep.equal(before);
      }
    });

    it('has a case for every operation', async () => {
      const { cases, documented } = operationCases(
        (await http.admin('GET', '/openapi.json')).json(),
      );
      expect(cases.map(({ operation }) => operation)).to.have.members(documented);
    });

    it('has 20 of 20 issued tokens after a retry, a process that opens the store, and a restart', async () => {
      await until('the delivery is irrevocable', isIrrevocable);
      const before = new Set((await grants()).map((item) => item['decision_id']));
      await http.admin('POST', `/admin/v1/deliveries/${deliveryId}/retry`);
      await until('the worker carries the retry out', () =>
        running.some(({ output }) => output().includes('webhook retry request carried out')),
      );
      const asked = await http.admin('GET', '/admin/v1/audit?type=delivery.retry_requested');
      expect(asked.text).to.contain(deliveryId);
      openElsewhere(path);
      const issued: unknown[] = [];
      for (let i = 0; i < 20; i++) issued.push((await issue())['decision_id']);
      await grants();
      await stop('SIGTERM');
      await start();
      const found = (await grants()).map((item) => item['decision_id']);
      expect(found.filter((id) => !before.has(id))).to.have.members(issued);
    });
  });
}

/** Makes a store with a delivery to an endpoint that is not configured: the worker gives it up at once. */
function deliveryToNowhere(path: string): string {
  const store = openAuditStore(path, { endpoints: ['gone'] });
  const revoked = event({ type: 'revocation.applied', detail: { by: 'agent', value: 'crawler' } });
  // Of now: the worker prunes an old event at its second run, a minute after its start, and the delivery with it.
  const now = entry(1, [revoked], { tickMs: Date.now() });
  store.appendBatch(0, undefined, [now], { epoch: 'e1', streamId: now.streamId });
  const [delivery] = store.deliveries.list({ cursor: undefined, limit: 1 }).items;
  store.close();
  return delivery?.id ?? '';
}
