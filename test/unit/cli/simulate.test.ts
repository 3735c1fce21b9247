import { expect } from 'chai';
import { SIMULATED } from '../../support/fake-analysis.js';
import { run, type FakeAnswer } from './fake-terminal.js';

const answer = (body: unknown) => (): FakeAnswer => ({ status: 200, body });
const ask = (...more: string[]): string[] => [
  ...['signals', 'simulate', '--quarantine', '0.95'],
  ...more,
];

describe('signals simulate', () => {
  it('simulates the last week after two weeks of learning by default', async () => {
    const { sent } = await run(ask(), { answer: answer(SIMULATED) });
    expect(sent[0]).to.include({ method: 'POST' });
    expect(JSON.parse(sent[0]?.body ?? '')).to.deep.equal({
      since: '2030-01-24T12:00:00.000Z',
      warm_up_seconds: 14 * 86_400,
      quarantine: 0.95,
    });
  });

  it('passes the options on', async () => {
    const { sent } = await run(
      ask(...'--since 2d --until 1d --warm-up 12h --step-up .7 --class batch --agent a'.split(' ')),
      { answer: answer(SIMULATED) },
    );
    expect(JSON.parse(sent[0]?.body ?? '')).to.deep.equal({
      since: '2030-01-29T12:00:00.000Z',
      until: '2030-01-30T12:00:00.000Z',
      warm_up_seconds: 43_200,
      quarantine: 0.95,
      step_up: 0.7,
      class: 'batch',
      agent: 'a',
    });
  });

  it('says whom, when and why, and ends with 1 when somebody would be stopped', async () => {
    const { out, code } = await run(ask(), { answer: answer(SIMULATED) });
    expect(code).to.equal(1);
    expect(out)
      .to.match(/STOPPED.*TOKENS CUT/)
      .and.match(/STEPPED UP/);
    expect(out).to.include('demo-agent: denials: 14 in 60 min, expected 0.3');
    expect(out).to.include('STOPS: 1 agents would be quarantined; --allow-stops is 0');
  });

  it('exits 0 for no stopped agent, or for no more than allowed', async () => {
    const nobody = { ...SIMULATED, stopped: 0, stops: [] };
    expect((await run(ask(), { answer: answer(nobody) })).code).to.equal(0);
    const allowed = await run(ask('--allow-stops', '1'), { answer: answer(SIMULATED) });
    expect(allowed.code).to.equal(0);
    expect(allowed.out).not.to.include('STOPS:');
  });

  it('prints JSON with whether it exceeds', async () => {
    const { out, code } = await run(ask('--json'), { answer: answer(SIMULATED) });
    expect([JSON.parse(out), code]).to.deep.equal([{ ...SIMULATED, exceeds: true }, 1]);
  });

  for (const wrong of [
    ['signals', 'simulate'],
    ask('--step-up', '1.1'),
    ask('--step-up', 'high'),
    ask('--since', 'never'),
    ask('--allow-stops', '-1'),
  ]) {
    it(`ends with 2 on ${wrong.slice(2).join(' ')}`, async () => {
      const { code, sent } = await run(wrong);
      expect([code, sent]).to.deep.equal([2, []]);
    });
  }
});
