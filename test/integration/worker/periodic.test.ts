import { expect } from 'chai';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { openAuditStore, type AuditStore } from '../../../src/audit/store.js';
import { exportStreams } from '../../../src/audit/exporter.js';
import { startWorker, type WorkerDeps } from '../../../src/worker/start.js';
import { Late } from '../../../src/domain/deadline.js';
import { startRelay } from '../../support/relay.js';
import { useRedis } from '../../support/use-store.js';
import { entry, event, FakeStreams, scratchFolder } from '../../unit/audit/fakes.js';
import { connect, makeDeps, type Observed, Receiver, SECRET, SETTINGS, until } from './harness.js';

const JOBS = [
  'export-audit',
  'sweep-expiry',
  'resume-intents',
  'prune-revocations',
  'rotate-keys',
  'requeue-deliveries',
];

describe('worker', function () {
  this.timeout(60_000);
  const scratch = scratchFolder();
  const redis = useRedis();
  let store: AuditStore;
  const closers: (() => unknown)[] = [];

  before(() => {
    store = openAuditStore(join(scratch.folder, 'worker.db'), { endpoints: ['soc'] });
  });
  after(() => {
    store.close();
    scratch.remove();
  });
  beforeEach(async () => {
    const control = connect(redis.socket);
    await control.flushall();
    control.disconnect();
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  const start = async (members: Partial<WorkerDeps> = {}): Promise<Observed> => {
    const { deps, observed } = makeDeps(redis.socket, store, []);
    const worker = await startWorker({ ...deps, ...members });
    closers.push(() => worker.stop());
    return observed;
  };
  const times = (observed: Observed, job: string): number =>
    observed.runs.filter((name) => name === job).length;

  it('runs every job, the fast ones again and again', async () => {
    const observed = await start();
    await until('every job', () => JOBS.every((job) => observed.runs.includes(job)));
    await until('a second sweep', () => times(observed, 'sweep-expiry') >= 2);
    expect(observed.failures).to.deep.equal([]);
  });

  it('logs a failed job, runs it again at the next tick, and keeps running the others', async () => {
    let left = 2;
    const observed = await start({
      exportAudit: () => (left-- > 0 ? Promise.reject(new Error('no Redis')) : Promise.resolve(0)),
    });
    await until('third run', () => times(observed, 'export-audit') >= 3);
    await until('a sweep', () => times(observed, 'sweep-expiry') >= 1);
    expect(observed.failures).to.deep.equal(['export-audit', 'export-audit']);
    const errors = observed.logs.filter((log) => log.level === 'error');
    expect(errors.map((log) => log.message)).to.deep.equal(['periodic job failed']);
    const recovered = observed.logs.find((log) => log.message === 'periodic job recovered');
    expect(recovered?.members).to.include({ job: 'export-audit', failures: 2, suppressed: 1 });
  });

  it('never runs a job twice at a time in one process', async () => {
    let running = 0;
    let most = 0;
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const observed = await start({
      exportAudit: async () => {
        most = Math.max(most, ++running);
        await gate;
        running--;
        return 0;
      },
    });
    await until('two sweeps later', () => times(observed, 'sweep-expiry') >= 3);
    release();
    expect(most).to.equal(1);
  });

  it('continues after its Redis was killed and came back empty', async () => {
    const observed = await start();
    await until('first runs', () => times(observed, 'export-audit') >= 1);
    await redis.kill9();
    await redis.restart();
    const control = connect(redis.socket);
    await control.flushall();
    control.disconnect();
    const before = times(observed, 'sweep-expiry');
    await until('it goes on', () => times(observed, 'sweep-expiry') >= before + 2);
  });

  it('sends the webhook of an event that it has just exported, without waiting for a sweep', async () => {
    const receiver = new Receiver();
    const url = await receiver.listen();
    closers.push(() => {
      receiver.close();
    });
    const streams = new FakeStreams();
    const { deps, observed } = makeDeps(redis.socket, store, [{ id: 'soc', url, secret: SECRET }]);
    const worker = await startWorker({
      ...deps,
      exportAudit: () => exportStreams(streams, store, [], { batch: 10 }),
    });
    closers.push(() => worker.stop());
    await until('first sweep', () => times(observed, 'requeue-deliveries') >= 1);
    streams.of(0).push(entry(1, [event({ type: 'access.denied', alarms: ['honey_scope'] })]));
    await until('webhook', () => receiver.received.length === 1);
    expect(times(observed, 'requeue-deliveries')).to.equal(1);
  });

  it('does not start on queues that are not answered, and ends its start on a signal', async () => {
    const silent = await startRelay();
    closers.push(() => silent.stop());
    const connection = (): Redis => {
      const client = new Redis({ port: silent.port, maxRetriesPerRequest: null });
      client.on('error', () => undefined);
      return client;
    };
    const { deps } = makeDeps(redis.socket, store, []);
    const begin = (more: Partial<WorkerDeps>): Promise<unknown> =>
      startWorker({ ...deps, connection, ...more }).catch((error: unknown) => error);
    const late = await begin({ settings: { ...SETTINGS, startTimeoutMs: 300 } });
    expect(late).to.be.instanceOf(Late);
    const stopping = new AbortController();
    const interrupted = begin({ stopping: stopping.signal });
    const reason = new Error('interrupted');
    stopping.abort(reason);
    expect(await interrupted).to.equal(reason);
  });

  it('refuses endpoints that cannot work, and does not name the secret', async () => {
    const bad = { id: 'soc', url: 'http://127.0.0.1:1', secret: 'whsec_%%%canary%%%' };
    const { deps } = makeDeps(redis.socket, store, [bad]);
    const refused = await startWorker(deps).catch((error: unknown) => String(error));
    expect(refused).to.contain('endpoint soc').and.not.to.contain('canary');
    const twice = { ...bad, secret: SECRET };
    const doubled = makeDeps(redis.socket, store, [twice, twice]).deps;
    expect(await startWorker(doubled).catch((error: unknown) => String(error))).to.contain(
      'duplicate',
    );
  });
});
