import { expect } from 'chai';
import { run } from './fake-terminal.js';

const TERM = { name: 'denials_60m', value: 14, expected: 0.3, score: 9.5 };
const SAID = { ...TERM, sentence: 'denials: 14 in 60 min, expected 0.3' };
const OTHER = { ...TERM, score: 0.2, sentence: 'unusual hour: 03' };
const AGENT = {
  spec: { id: 'a', class: 'batch' },
  status: 'quarantined',
  quarantine: {
    since_ms: 1_893_456_000_000,
    reason: 'anomaly',
    by: { kind: 'system', id: 'policy' },
    decision_id: 'dec_1',
    anomaly: 0.97,
    signals: [SAID],
  },
};

describe('a quarantine in the terminal', () => {
  it('is shown with who, since when, by which decision and why', async () => {
    const { out } = await run(['agent', 'show', 'a'], {
      answer: () => ({ status: 200, body: AGENT }),
    });
    for (const said of [
      /quarantine\s+anomaly/,
      /since\s+2030-01-01T00:00:00\.000Z/,
      /by\s+system:policy/,
      /decision\s+dec_1/,
      /anomaly\s+0\.970$/m,
      /signal\s+denials: 14 in 60 min, expected 0\.3/,
      /class\s+batch/,
    ]) {
      expect(out).to.match(said);
    }
  });

  it('is in the list, and absent for an active agent', async () => {
    const items = [AGENT, { spec: { id: 'b' }, status: 'active' }];
    const { out } = await run(['agent', 'list'], {
      answer: () => ({ status: 200, body: { items } }),
    });
    expect(out).to.match(/a\s+quarantined\s+anomaly since 2030-01-01T00:00:00\.000Z/);
    expect(out).to.match(/b\s+active\s*$/m);
  });

  it('of an agent without a quarantine ends with the exit code of a conflict', async () => {
    const { code } = await run(['agent', 'release', 'a', '--reason', 'x'], {
      answer: () => ({ status: 409, body: { error: 'conflict', error_description: 'active' } }),
    });
    expect(code).to.equal(5);
  });

  it('needs a reason to end', async () => {
    const { code, sent } = await run(['agent', 'release', 'a']);
    expect([code, sent]).to.deep.equal([2, []]);
  });
});

describe('the score in the record', () => {
  it('is printed with its highest term, and not at all when it is zero', async () => {
    const event = { time_ms: 0, type: 'access.denied', principal: { kind: 'agent', id: 'a' } };
    const items = [
      { ...event, anomaly: 0.9669, signals: [OTHER, SAID] },
      { ...event, anomaly: 0 },
    ];
    const { out } = await run(['audit'], { answer: () => ({ status: 200, body: { items } }) });
    expect(out).to.include('0.966; denials: 14 in 60 min, expected 0.3');
    expect(out)
      .not.to.match(/\s0\.000\s/)
      .and.not.contain('unusual hour');
  });
});
