import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { actualHours } from '../../../src/cli/signals/actual.js';
import { AGENT_SIGNALS } from '../../support/fake-signals.js';
import { ADMIN_ENV, run, type FakeOptions, type Ran } from './fake-terminal.js';

const UTF8 = { ...ADMIN_ENV, LANG: 'en_US.UTF-8' };
/** Monday, 2023-11-13T00:00:00Z. */
const MONDAY = 1_699_833_600_000;
const CELL_MS = 600_000;

function shown(options: FakeOptions = {}, body: unknown = AGENT_SIGNALS): Promise<Ran> {
  return run(['signals', 'show', 'demo-agent'], {
    answer: () => ({ status: 200, body }),
    ...options,
  });
}

describe('countersign signals show', () => {
  it('draws expected and actual, the score, and its terms', async () => {
    const { code, out, err, sent } = await shown();
    expect([code, err]).to.deep.equal([0, '']);
    expect(sent[0]).to.include({
      method: 'GET',
      url: 'http://127.0.0.1:9/admin/v1/agents/demo-agent/signals',
    });
    expect(out).to.match(/^agent +demo-agent$/m);
    expect(out).to.match(/^learning +no: the agent is scored$/m);
    expect(out).to.match(/^since +2023-11-03T08:26:40.000Z$/m);
    expect(out).to.match(/^state +690 bytes, version 2$/m);
    expect(out).to.match(/^score +#{17}\.{3} 0\.870$/m);
    expect(out).to.match(/^denials_60m +14 +0.3 +13 +about denials_60m$/m);
    expect(out).to.match(/^expected +\.{18}@{16}\.{14} 6 max$/m);
    expect(out).to.match(/^weekend +00 {10}06 {10}12 {10}18$/m);
  });

  it('is plain ASCII without control characters when it is no terminal, whatever the locale', async () => {
    const { out } = await shown({ env: UTF8 });
    expect(out).to.match(/^[\x20-\x7e\n]*$/);
  });

  it('is plain ASCII in a terminal that has no UTF-8', async () => {
    for (const locale of [{}, { LANG: 'C' }, { LANG: 'en_US.UTF-8', LC_ALL: 'C' }]) {
      const { out } = await shown({ env: { ...ADMIN_ENV, NO_COLOR: '1', ...locale }, columns: 80 });
      expect(out).to.match(/^[\x20-\x7e\n]*$/);
    }
  });

  it('has blocks and colour in a terminal with UTF-8', async () => {
    const { out } = await shown({ env: UTF8, columns: 80 });
    expect(out).to.contain('████████');
    expect(out).to.contain('\u001b[31mscore');
    expect(out).to.contain('\u001b[1mdenials_60m');
  });

  for (const more of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
    it(`has no colour with ${JSON.stringify(more)}`, async () => {
      const { out } = await shown({ env: { ...UTF8, ...more }, columns: 80 });
      expect(out).to.contain('████').and.not.contain('\u001b');
    });
  }

  for (const columns of [40, 57, 80, 120]) {
    it(`stays within ${String(columns)} columns`, async () => {
      const sentence = 'a sentence without end '.repeat(10);
      const [term] = AGENT_SIGNALS.profile.terms;
      const profile = { ...AGENT_SIGNALS.profile, terms: [{ ...term, sentence }] };
      const env = { ...UTF8, NO_COLOR: '1' };
      const { out } = await shown({ env, columns }, { ...AGENT_SIGNALS, profile });
      const drawn = out.slice(out.indexOf('score')).split('\n');
      // The line that says what is drawn is text, which a terminal wraps.
      const widths = drawn
        .filter((line) => !line.startsWith('requests in'))
        .map((line) => line.length);
      expect(Math.max(...widths)).to.be.at.most(columns);
      expect(out).to.match(/^expected +\S/m);
    });
  }

  it('says why there is nothing actual, and that an agent is still learning', async () => {
    const { series: _series, ...rest } = AGENT_SIGNALS;
    const profile = { ...rest.profile, learning: true, terms: [] };
    const { code, out, err } = await shown({}, { ...rest, profile, series_missing: 'not here' });
    expect(code).to.equal(0);
    expect(err).to.equal('no actual requests: not here\n');
    expect(out)
      .to.match(/^learning +yes: /m)
      .and.not.match(/^actual /m);
  });

  it('says when what was learned cannot be used', async () => {
    expect((await shown()).out).to.not.match(/^fault/m);
    const profile = { ...AGENT_SIGNALS.profile, fault: 'truncated' };
    const { out } = await shown({}, { ...AGENT_SIGNALS, profile });
    expect(out).to.match(/^fault +truncated: /m);
  });

  it('shows nothing that could move the cursor', async () => {
    const [term] = AGENT_SIGNALS.profile.terms;
    const terms = [{ ...term, name: 'x\u001b[2J', sentence: '\u0007' }];
    const { out } = await shown(
      {},
      { ...AGENT_SIGNALS, profile: { ...AGENT_SIGNALS.profile, terms } },
    );
    expect(out).to.contain('x�[2J').and.not.contain('\u001b');
    expect(out).to.not.contain('\u0007');
  });

  it('prints what was answered with --json', async () => {
    const answer = () => ({ status: 200, body: AGENT_SIGNALS });
    const { out } = await run(['signals', 'show', 'demo-agent', '--json'], { answer });
    expect(JSON.parse(out)).to.deep.equal(AGENT_SIGNALS);
  });

  for (const [status, code] of [
    [404, 4],
    [401, 6],
    [503, 3],
  ] as const) {
    it(`exit code ${String(code)} for ${String(status)}`, async () => {
      const body = { error: { code: 'x', message: 'no' } };
      expect((await shown({ answer: () => ({ status, body }) })).code).to.equal(code);
    });
  }
});

describe('countersign signals reset and export', () => {
  it('reset sends the reason', async () => {
    const ran = await run(['signals', 'reset', 'demo-agent', '--reason', 'another job'], {
      answer: () => ({ status: 204 }),
    });
    expect([ran.code, ran.out]).to.deep.equal([0, 'learned state of agent demo-agent deleted\n']);
    expect(ran.sent[0]).to.include({ method: 'POST', body: '{"reason":"another job"}' });
    expect(ran.sent[0]?.url).to.match(/agents\/demo-agent\/signals\/reset$/);
  });

  for (const line of ['signals reset demo-agent', 'signals reset --reason x', 'signals show']) {
    it(`usage: ${line}`, async () => {
      const ran = await run(line.split(' '));
      expect([ran.code, ran.sent]).to.deep.equal([2, []]);
    });
  }

  it('export prints the state, or writes it to a file of its owner', async () => {
    const body = { agent_id: 'demo-agent', exported_at_ms: 5, state: { events: 3 } };
    const answer = () => ({ status: 200, body });
    const printed = await run(['signals', 'export', 'demo-agent'], { answer });
    expect(JSON.parse(printed.out)).to.deep.equal(body);
    const dir = mkdtempSync(join(tmpdir(), 'countersign-cli-'));
    const file = join(dir, 'state.json');
    const written = await run(['signals', 'export', 'demo-agent', '-o', file], { answer });
    expect([written.code, written.out]).to.deep.equal([0, '']);
    expect(JSON.parse(readFileSync(file, 'utf8'))).to.deep.equal(body);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    const nowhere = ['signals', 'export', 'demo-agent', '-o', join(dir, 'no', 'state.json')];
    expect((await run(nowhere, { answer })).code).to.equal(2);
    rmSync(dir, { recursive: true });
  });
});

describe('actual hours of a week', () => {
  const at = (day: number, hour: number, cell = 0): number => day * 144 + hour * 6 + cell;

  it('are means over the days of their kind, silent ones included', () => {
    const index = [at(0, 9), at(1, 9, 5), at(5, 23)];
    const { weekday, weekend } = actualHours(MONDAY, index, [30, 30, 12], MONDAY + 7 * 86_400_000);
    expect(weekday[9]).to.equal(60 / 30);
    expect(weekend[23]).to.equal(12 / 12);
    expect([...weekday, ...weekend].reduce((sum, one) => sum + one, 0)).to.equal(3);
  });

  it('leave out what is older than a week, and the cell that is not over', () => {
    const index = [0, at(7, 0)];
    const now = MONDAY + 7 * 86_400_000 + CELL_MS;
    const { weekday } = actualHours(MONDAY, index, [500, 30], now + 5);
    expect(weekday[0]).to.equal(1);
    expect(actualHours(MONDAY, [at(7, 0)], [30], now - 5).weekday[0]).to.equal(0);
  });

  it('are empty for a series without a time range', () => {
    expect(Math.max(...actualHours(MONDAY, [], [], MONDAY).weekday)).to.equal(0);
  });
});
