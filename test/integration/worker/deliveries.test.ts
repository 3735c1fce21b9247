import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { createDeliveryOperations } from '../../../src/audit/delivery-operations.js';
import { openAuditReader } from '../../../src/audit/reader.js';
import { openAuditStore, type AuditStore } from '../../../src/audit/store.js';
import { startWorker } from '../../../src/worker/start.js';
import { programArgs } from '../../support/program.js';
import { useRedis } from '../../support/use-store.js';
import {
  entry,
  event,
  FakeRetries,
  inTurn,
  READING,
  scratchFolder,
} from '../../unit/audit/fakes.js';
import { connect, makeDeps, Receiver, SECRET, until } from './harness.js';

const OPERATOR = { principal: { kind: 'admin', id: 'ann' }, requestId: 'req_retry' } as const;

describe('webhook deliveries', function () {
  this.timeout(60_000);
  const scratch = scratchFolder();
  const redis = useRedis();
  let receiver: Receiver;
  let url: string;
  let path: string;
  let store: AuditStore;
  let retries: FakeRetries;
  let files = 0;
  const closers: (() => unknown)[] = [];

  after(() => {
    scratch.remove();
  });
  beforeEach(async () => {
    path = join(scratch.folder, `deliveries${String(files++)}.db`);
    store = openAuditStore(path, { endpoints: ['soc'] });
    retries = new FakeRetries();
    receiver = new Receiver();
    url = await receiver.listen();
    const control = connect(redis.socket);
    await control.flushall();
    control.disconnect();
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    receiver.close();
    store.close();
  });

  /** Puts a revocation in the store, and so a pending delivery; returns the delivery's id. */
  const revoke = (): string => {
    const happened = event({
      type: 'revocation.applied',
      detail: { by: 'agent', value: 'crawler' },
    });
    store.appendBatch(0, undefined, [entry(1, [happened])], { epoch: 'e1', streamId: '1001-1' });
    return store.deliveries.list({ cursor: undefined, limit: 1 }).items[0]?.id ?? '';
  };
  const state = (id: string): string | undefined => store.deliveries.find(id)?.delivery.state;
  const start = async (endpoint = url): Promise<ReturnType<typeof makeDeps>['observed']> => {
    const endpoints = [{ id: 'soc', url: endpoint, secret: SECRET }];
    const { deps, observed } = makeDeps(redis.socket, store, endpoints, retries);
    const worker = await startWorker(deps);
    closers.push(() => worker.stop());
    return observed;
  };

  it('are signed as Standard Webhooks says and sent once', async () => {
    const id = revoke();
    const observed = await start();
    await until('delivered', () => state(id) === 'delivered');
    const [request] = receiver.received;
    const payload = new Webhook(SECRET).verify(
      request?.body ?? '',
      request?.headers as Record<string, string>,
    );
    expect(request?.headers['webhook-id']).to.equal(id);
    expect(payload).to.deep.equal({
      type: 'revocation.applied',
      timestamp: '1970-01-01T00:00:01.001Z',
      data: store.deliveries.find(id)?.event,
    });
    await until('the run ended', () => observed.runs.includes('deliver-webhook'));
    expect(observed.runs.filter((job) => job === 'deliver-webhook')).to.have.length(1);
    expect(observed.failures).to.deep.equal([]);
    expect(observed.irrevocable).to.satisfy((counts: number[]) => counts.every((n) => n === 0));
    expect(receiver.received).to.have.length(1);
  });

  it('are delivered by another worker when one is killed in the middle', async () => {
    receiver.answer = () => undefined;
    const id = revoke();
    const args = [...programArgs('test/integration/worker/child'), redis.socket, path, url];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    closers.push(() => child.kill('SIGKILL'));
    await until('first try', () => receiver.received.length === 1);
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    expect(state(id)).to.equal('pending');
    receiver.answer = () => 200;
    await start();
    await until('delivered', () => state(id) === 'delivered');
    expect(receiver.received.map((one) => one.headers['webhook-id'])).to.deep.equal([id, id]);
  });

  it('become irrevocable and visible after the last try, and go again when an operator says so', async () => {
    receiver.answer = () => 500;
    const id = revoke();
    const observed = await start();
    await until('irrevocable', () => state(id) === 'irrevocable');
    expect(receiver.received).to.have.length(3);
    await until('three runs', () => observed.failures.length >= 3);
    expect(observed.failures).to.deep.equal(Array.from({ length: 3 }, () => 'deliver-webhook'));
    expect(observed.irrevocable.at(-1)).to.equal(1);
    expect(observed.logs.filter((log) => log.level === 'error')).to.have.length(1);

    const reader = openAuditReader(path);
    closers.push(() => {
      reader.close();
    });
    const operations = createDeliveryOperations(inTurn(reader), retries);
    const dead = { cursor: undefined, limit: 10, state: 'irrevocable' } as const;
    const { items } = await operations.list(dead, READING);
    expect(items).to.have.length(1);
    expect(items[0]).to.include({ id, endpoint: 'soc', attempts: 3, last_error: 'HTTP 500' });

    receiver.answer = () => 200;
    await operations.retry(id, OPERATOR);
    // The service changed nothing in the store: the worker does, within ten seconds or when it starts.
    expect((await operations.list(dead, READING)).items).to.have.length(1);
    await closers.pop()?.();
    await start();
    await until('delivered', () => state(id) === 'delivered');
    expect(retries.waiting).to.deep.equal(new Map());
    expect(retries.events).to.have.length(1);
    const again = await operations.retry(id, OPERATOR).catch((error: unknown) => error);
    expect(again).to.have.property('code', 'conflict');
    const unknown = await operations.retry('dlv_none', OPERATOR).catch((error: unknown) => error);
    expect(unknown).to.have.property('code', 'not_found');
  });

  it('follow no redirect', async () => {
    receiver.answer = () => 307;
    const id = revoke();
    await start();
    await until('irrevocable', () => state(id) === 'irrevocable');
    expect(receiver.received).to.have.length(3);
    expect(store.deliveries.find(id)?.delivery.last_error).to.equal('HTTP 307');
  });

  it('to an address without a listener report it without the address', async () => {
    const id = revoke();
    await start('http://127.0.0.1:1/hook?key=canary');
    await until('irrevocable', () => state(id) === 'irrevocable');
    const delivery = store.deliveries.find(id)?.delivery;
    expect(JSON.stringify(delivery)).not.to.contain('canary');
    expect(delivery?.last_error).to.match(/^(ECONNREFUSED|connection failed)$/);
  });

  it('put neither secret, URL nor event into the queue', async () => {
    receiver.answer = () => undefined;
    revoke();
    await start();
    await until('first try', () => receiver.received.length === 1);
    const control = connect(redis.socket);
    closers.push(() => {
      control.disconnect();
    });
    // Compressed, a dump would hide what this looks for.
    await control.config('SET', 'rdbcompression', 'no');
    const keys = await control.keys('*');
    const jobs = keys.filter((key) => key.includes(':dlv_') && !key.endsWith(':lock'));
    expect(jobs).to.have.length(1);
    for (const key of keys) {
      const dump = String(await control.call('DUMP', key));
      for (const text of [SECRET, '127.0.0.1', 'crawler']) expect(dump).not.to.contain(text);
    }
    expect(await control.hget(jobs[0] ?? '', 'data')).to.match(/^\{"delivery_id":"dlv_\w+"\}$/);
  });

  it('of an endpoint that is no longer configured are irrevocable at once', async () => {
    const id = revoke();
    const { deps } = makeDeps(redis.socket, store, []);
    const worker = await startWorker(deps);
    closers.push(() => worker.stop());
    await until('irrevocable', () => state(id) === 'irrevocable');
    expect(receiver.received).to.deep.equal([]);
  });
});
