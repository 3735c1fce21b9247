import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect } from 'chai';
import type { Runtime } from '../../../src/cli/ports.js';
import { createLogOutput } from '../../../src/telemetry/log-output.js';
import { run } from './fake-terminal.js';

describe('start, serve and worker', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-cli-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });
  // Errors are part of these tests, and would be logged among the results.
  const env = () => ({ COUNTERSIGN_DATA_DIR: dir, COUNTERSIGN_LOG_LEVEL: 'error' });

  /** Parts that write down what happens to them; `up` tells when the last one runs. */
  function parts(more: Partial<Runtime> = {}, probesUrl?: string) {
    const events: string[] = [];
    const signals = new EventEmitter();
    const up = new EventEmitter();
    const close = (name: string) => (): Promise<void> => {
      events.push(`${name} closed`);
      return Promise.resolve();
    };
    const client = (id: string) => ({ id, client_secret: `secret of ${id}` });
    const runtime: Partial<Runtime> = {
      signals,
      startPrivateRedis: () => {
        events.push('redis');
        return Promise.resolve({ url: 'unix:///r.sock', stop: close('redis') });
      },
      loadRunner: () =>
        Promise.resolve({
          serve: (config) => {
            events.push(`service on ${String(config.redis.url)}`);
            up.emit('service');
            return Promise.resolve({
              publicUrl: 'http://127.0.0.1:1',
              adminUrl: 'http://127.0.0.1:2',
              sidecarUrl: 'http://127.0.0.1:3',
              ...(probesUrl === undefined ? {} : { probesUrl }),
              demo: { agent: client('demo-agent'), resource_server: client('demo-api') },
              close: close('service'),
            });
          },
          worker: () => {
            events.push('worker');
            up.emit('worker');
            return Promise.resolve({ close: close('worker') });
          },
        }),
      ...more,
    };
    return { events, signals, up, runtime };
  }

  it('bring everything up, print one request to paste, and close in reverse', async () => {
    const { events, signals, runtime } = parts();
    const onOut = (): boolean => signals.emit('SIGTERM');
    const { code } = await run(['start'], { env: env(), runtime, onOut });
    expect(code).to.equal(0);
    expect(events).to.deep.equal([
      'redis',
      'service on unix:///r.sock',
      'worker',
      'worker closed',
      'service closed',
      'redis closed',
    ]);
    expect(signals.eventNames()).to.deep.equal([]);
    const demo: unknown = JSON.parse(readFileSync(join(dir, 'demo.json'), 'utf8'));
    expect(demo).to.deep.include({ admin_token: 'csa_minted', sidecar_url: 'http://127.0.0.1:3' });
    expect(statSync(join(dir, 'demo.json')).mode & 0o777).to.equal(0o600);
  });

  it('name the probes listener in the ready log line and on the screen', async () => {
    const { signals, runtime } = parts({}, 'http://127.0.0.1:4');
    const lines: string[] = [];
    const log = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(String(chunk));
        done();
      },
    });
    const openLog = () => Promise.resolve(createLogOutput(log));
    const { out } = await run(['start'], {
      env: { COUNTERSIGN_DATA_DIR: dir },
      runtime: { ...runtime, openLog },
      onOut: () => void signals.emit('SIGINT'),
    });
    expect(out).to.contain('  probes               http://127.0.0.1:4\n');
    const ready = lines.find((line) => line.includes('"msg":"serving"'));
    expect(ready).to.contain('"probesUrl":"http://127.0.0.1:4"');
  });

  it('print where the token is, never the token', async () => {
    const { signals, runtime } = parts();
    const onOut = (): boolean => signals.emit('SIGINT');
    const { out } = await run(['start'], { env: env(), runtime, onOut });
    expect(out).not.to.contain('csa_minted');
    expect(out).to.contain(join(dir, 'admin-token')).and.contain('http://127.0.0.1:1');
    expect(out).to.contain(
      `curl -s http://127.0.0.1:3/token -H 'content-type: application/json' -d '{"agent_id":"demo-agent","resource":"stripe","scope":"read_invoices","ttl":300}'`,
    );
  });

  it('close what was started when the rest cannot start', async () => {
    const { events, runtime } = parts({ loadRunner: () => Promise.reject(new Error('no bundle')) });
    const { code, err } = await run(['start'], { env: env(), runtime });
    expect(code).to.equal(3);
    expect(err).to.contain('cannot start: no bundle');
    expect(events).to.deep.equal(['redis', 'redis closed']);
  });

  it('close what start-up still brings up after the signal', async () => {
    const { events, signals, up, runtime } = parts();
    up.once('service', () => signals.emit('SIGTERM'));
    const { code } = await run(['start'], { env: env(), runtime });
    expect(code).to.equal(0);
    expect(events.filter((event) => event.endsWith('closed')).sort()).to.deep.equal([
      'redis closed',
      'service closed',
      'worker closed',
    ]);
  });

  it('end on a signal although the start-up does not, with the code of a service that is unavailable', async () => {
    const { events, signals, runtime } = parts({
      loadRunner: () => {
        setImmediate(() => signals.emit('SIGTERM'));
        return new Promise(() => undefined);
      },
    });
    const { code } = await run(['start'], { env: env(), runtime });
    expect(code).to.equal(3);
    expect(events).to.deep.equal(['redis', 'redis closed']);
  });

  it('close everything and say why when the private Redis is lost for good', async () => {
    let lose: (error: Error) => void = () => undefined;
    const { events, runtime } = parts({
      startPrivateRedis: ({ onLost }) => {
        lose = onLost;
        const stop = (): Promise<void> => Promise.resolve(void events.push('redis closed'));
        return Promise.resolve({ url: 'unix:///r.sock', stop });
      },
    });
    const onOut = (): void => {
      lose(new Error('the private Redis cannot be brought back: no such file'));
    };
    const { code, err } = await run(['start'], { env: env(), runtime, onOut });
    expect(code).to.equal(3);
    expect(err).to.contain('error: the private Redis cannot be brought back: no such file');
    expect(events.slice(-3)).to.deep.equal(['worker closed', 'service closed', 'redis closed']);
  });

  it('want a Redis that somebody named, but for start', async () => {
    for (const command of ['serve', 'worker']) {
      const { events, runtime } = parts();
      const { code, err } = await run([command], { env: env(), runtime });
      expect(code).to.equal(2);
      expect(err).to.contain('COUNTERSIGN_REDIS_URL');
      expect(events).to.deep.equal([]);
    }
  });

  it('refuse a configuration with everything that is wrong, before anything starts', async () => {
    const { events, runtime } = parts();
    const bad = { ...env(), COUNTERSIGN_REDIS_SHARDS: '0', COUNTERSIGN_PORT: 'x' };
    const { code, err } = await run(['start'], { env: bad, runtime });
    expect(code).to.equal(2);
    expect(err).to.contain('COUNTERSIGN_REDIS_SHARDS').and.contain('COUNTERSIGN_PORT');
    expect(events).to.deep.equal([]);
  });
});
