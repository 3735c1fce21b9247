import { expect } from 'chai';
import { sinkProblem, watchSinks } from '../../../src/app/sink-watch.js';
import type { SinkState } from '../../../src/domain/worker-ports.js';
import { MemorySink } from '../audit/fakes.js';

describe('the watch of audit sinks', () => {
  function watched() {
    const lines: string[] = [];
    const reports: (readonly SinkState[])[] = [];
    let nowMs = 0;
    const add =
      (level: string) =>
      (fields: object, message: string): void => {
        lines.push(`${level} ${String((fields as { sink?: string }).sink)} ${message}`);
      };
    const log = { debug: add('debug'), info: add('info'), warn: add('warn'), error: add('error') };
    const status = {
      reportSinks: (states: readonly SinkState[]) => Promise.resolve(void reports.push(states)),
    };
    const sinks = [new MemorySink('file:a'), new MemorySink('stream:stdout')];
    const watch = watchSinks(sinks, status, log, () => nowMs);
    return { watch, lines, reports, pass: (ms: number) => (nowMs += ms) };
  }

  it('reports the state of each sink after every export', async () => {
    const { watch, reports } = watched();
    watch.failed('file:a', new Error('ENOSPC'));
    await watch.report();
    await watch.report();
    expect(reports).to.deep.equal([
      [{ sink: 'file:a', failure: 'ENOSPC' }, { sink: 'stream:stdout' }],
      [{ sink: 'file:a' }, { sink: 'stream:stdout' }],
    ]);
    expect(sinkProblem(reports[0] ?? [])).to.contain('audit sink failing: file:a (ENOSPC)');
    expect(sinkProblem(reports[1] ?? [])).to.equal(undefined);
  });

  it('logs a failing sink once a minute, and its recovery', async () => {
    const { watch, lines, pass } = watched();
    for (let turn = 0; turn < 240; turn++) {
      watch.failed('file:a', new Error('ENOSPC'));
      await watch.report();
      pass(500);
    }
    const failed = 'error file:a audit sink failed; catching up later';
    expect(lines).to.deep.equal([failed, failed]);
    await watch.report();
    expect(lines.slice(2)).to.deep.equal(['info file:a audit sink recovered']);
  });
});
