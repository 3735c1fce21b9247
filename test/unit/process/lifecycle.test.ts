import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import type { Logger } from '../../../src/domain/logger.js';
import { createLifecycle } from '../../../src/process/lifecycle.js';
import { handleSignals } from '../../../src/process/process-signals.js';

interface Line {
  readonly level: string;
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

function recorder(): { log: Logger; lines: Line[] } {
  const lines: Line[] = [];
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields: { ...fields }, message });
  };
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { log, lines };
}

const never = (): Promise<void> => new Promise(() => undefined);

describe('a lifecycle', () => {
  it('closes in reverse, one after the other, and logs how long each took', async () => {
    const { log, lines } = recorder();
    const lifecycle = createLifecycle({ log, deadlineMs: 1000 });
    const order: string[] = [];
    for (const name of ['redis', 'service', 'worker']) {
      lifecycle.onClose(name, async () => {
        order.push(`${name} begins`);
        await Promise.resolve();
        order.push(`${name} ends`);
      });
    }
    expect(await lifecycle.close('test')).to.equal(true);
    expect(order).to.deep.equal(
      ['worker', 'service', 'redis'].flatMap((n) => [`${n} begins`, `${n} ends`]),
    );
    const steps = lines.filter(({ message }) => message === 'lifecycle step completed');
    expect(steps.map(({ fields }) => fields['name'])).to.deep.equal(['worker', 'service', 'redis']);
    expect(steps.every(({ fields }) => typeof fields['ms'] === 'number')).to.equal(true);
  });

  it('closes once, however often it is asked', async () => {
    const lifecycle = createLifecycle({ log: recorder().log, deadlineMs: 1000 });
    let calls = 0;
    lifecycle.onClose('one', () => {
      calls++;
    });
    await Promise.all([lifecycle.close('a'), lifecycle.close('b')]);
    await lifecycle.close('c');
    expect(calls).to.equal(1);
  });

  it('continues when a closer fails, and reports it', async () => {
    const { log, lines } = recorder();
    const lifecycle = createLifecycle({ log, deadlineMs: 1000 });
    let closed = false;
    lifecycle.onClose('redis', () => void (closed = true));
    lifecycle.onClose('service', () => {
      throw new Error('no');
    });
    expect(await lifecycle.close('test')).to.equal(false);
    expect(closed).to.equal(true);
    expect(
      lines.some(({ level, fields }) => level === 'error' && fields['name'] === 'service'),
    ).to.equal(true);
  });

  it('leaves a closer that hangs at the deadline, and still runs the others', async () => {
    const lifecycle = createLifecycle({ log: recorder().log, deadlineMs: 20 });
    let closed = false;
    lifecycle.onClose('redis', () => void (closed = true));
    lifecycle.onClose('service', never);
    expect(await lifecycle.close('test')).to.equal(false);
    expect(closed).to.equal(true);
  });

  it('leaves time to each closer that waits', async () => {
    const { log, lines } = recorder();
    const limits = { deadlineMs: 900, reservedMs: 300, monotonicMs: () => 0 };
    const lifecycle = createLifecycle({ log, ...limits });
    for (const name of ['redis', 'service', 'worker']) lifecycle.onClose(name, never);
    expect(await lifecycle.close('test')).to.equal(false);
    const failures = lines.flatMap(({ fields }) => fields['err'] ?? []);
    expect(failures.map(String)).to.deep.equal(
      [300, 600, 900].map((ms) => `Error: took longer than ${String(ms)} ms`),
    );
  });

  it('closes what start-up registers after closing began', async () => {
    const lifecycle = createLifecycle({ log: recorder().log, deadlineMs: 1000 });
    await lifecycle.close('signal');
    let closed = false;
    lifecycle.onClose('late', () => void (closed = true));
    await lifecycle.close('again');
    expect(closed).to.equal(true);
  });

  it('is ready when every check is, and tells each by name', async () => {
    const lifecycle = createLifecycle({
      log: recorder().log,
      deadlineMs: 1000,
      checkTimeoutMs: 20,
    });
    lifecycle.addCheck({ name: 'redis', check: () => Promise.resolve({ ok: true, detail: 'up' }) });
    expect((await lifecycle.readiness()).ready).to.equal(true);
    lifecycle.addCheck({ name: 'late', check: () => new Promise(() => undefined) });
    lifecycle.addCheck({ name: 'broken', check: () => Promise.reject(new Error('boom')) });
    const report = await lifecycle.readiness();
    expect(report.ready).to.equal(false);
    expect(report.checks.map(({ name, ok }) => [name, ok])).to.deep.equal([
      ['redis', true],
      ['late', false],
      ['broken', false],
    ]);
    expect(report.checks[2]?.detail).to.equal('boom');
  });

  it('is not ready once closing began', async () => {
    const lifecycle = createLifecycle({ log: recorder().log, deadlineMs: 1000 });
    lifecycle.onClose('service', never);
    void lifecycle.close('test');
    expect(lifecycle.closing).to.equal(true);
    expect((await lifecycle.readiness()).ready).to.equal(false);
  });

  it('reloads everything even when one part refuses', async () => {
    const lifecycle = createLifecycle({ log: recorder().log, deadlineMs: 1000 });
    const reloaded: string[] = [];
    lifecycle.onReload('a', () => Promise.reject(new Error('refused')));
    lifecycle.onReload('b', () => void reloaded.push('b'));
    await lifecycle.reload('SIGHUP');
    expect(reloaded).to.deep.equal(['b']);
  });
});

describe('signals', () => {
  function wired(hangup: 'reload' | 'close' = 'reload') {
    const source = new EventEmitter();
    const { log } = recorder();
    const lifecycle = createLifecycle({ log, deadlineMs: 1000 });
    const exits: number[] = [];
    const clock = { ms: 0 };
    const exit = (code: number): void => void exits.push(code);
    const monotonicMs = (): number => clock.ms;
    const handled = handleSignals({ lifecycle, log, source, exit, monotonicMs, hangup });
    return { source, lifecycle, exits, clock, handled };
  }

  it('close on SIGTERM and on SIGINT', async () => {
    for (const signal of ['SIGTERM', 'SIGINT']) {
      const { source, handled, exits } = wired();
      source.emit(signal);
      expect(await handled.closed).to.equal(true);
      expect(exits).to.deep.equal([]);
    }
  });

  it('exit at once on the second', () => {
    const { source, lifecycle, exits, clock } = wired();
    lifecycle.onClose('slow', never);
    source.emit('SIGTERM');
    clock.ms = 600;
    source.emit('SIGINT');
    expect(exits).to.deep.equal([130]);
  });

  it('are one when a terminal and a parent both pass on one Ctrl-C', () => {
    const { source, lifecycle, exits, clock } = wired();
    lifecycle.onClose('slow', never);
    source.emit('SIGINT');
    clock.ms = 50;
    source.emit('SIGINT');
    expect(exits).to.deep.equal([]);
  });

  it('reload on SIGHUP and do not close', () => {
    const { source, lifecycle } = wired();
    let reloads = 0;
    lifecycle.onReload('policy', () => {
      reloads++;
    });
    source.emit('SIGHUP');
    expect(reloads).to.equal(1);
    expect(lifecycle.closing).to.equal(false);
  });

  it('close on SIGHUP where the process ends with its terminal', async () => {
    const { source, lifecycle, handled } = wired('close');
    lifecycle.onReload('policy', () => {
      throw new Error('reloaded');
    });
    source.emit('SIGHUP');
    expect(await handled.closed).to.equal(true);
    expect(lifecycle.closing).to.equal(true);
  });

  it('are let go of again', () => {
    const { source, handled } = wired();
    handled.stop();
    expect(source.eventNames()).to.deep.equal([]);
  });
});
