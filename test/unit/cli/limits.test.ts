import { expect } from 'chai';
import { LIMITS } from '../../support/fake-limits.js';
import { run, type Ran } from './fake-terminal.js';

const limits = (...args: readonly string[]): Promise<Ran> =>
  run(['limits', ...args], { answer: () => ({ status: 200, body: LIMITS }) });

describe('countersign limits', () => {
  it('shows every budget and who set them', async () => {
    const { code, out, sent } = await limits('show');
    expect(code).to.equal(0);
    expect(sent[0]).to.include({ method: 'GET', url: 'http://127.0.0.1:9/admin/v1/limits' });
    expect(out).to.match(/^set by +the admin API$/m);
    expect(out).to.match(/^all agents +off$/m);
    expect(out).to.match(/^every other owner +600 +60$/m);
    expect(out).to.match(/^owner Acme, Inc\. +60 +6$/m);
    expect(out).to.match(/^low +1 +the configuration$/m);
    expect(out).to.match(/^high +4 +the admin API$/m);
  });

  it('prints the JSON as it came', async () => {
    expect(JSON.parse((await limits('show', '--json')).out)).to.deep.equal(LIMITS);
  });

  it('changes what is named, keeps the rest, and names the version it read', async () => {
    const args = ['--global', '6000:600', '--for', 'a=b=6:1', '--for', 'Acme, Inc.=default'];
    const { code, sent } = await limits('set', ...args, '--reason', 'drill');
    expect(code).to.equal(0);
    expect(sent.map(({ method }) => method)).to.deep.equal(['GET', 'PUT']);
    expect(sent[1]!.headers).to.include({ 'if-match': '"3"' });
    expect(JSON.parse(String(sent[1]!.body))).to.deep.equal({
      global: { per_minute: 6000, burst: 600 },
      owner: { per_minute: 600, burst: 60 },
      owners: { 'a=b': { per_minute: 6, burst: 1 } },
      cost: { high: 4 },
      reason: 'drill',
    });
  });

  it('changes costs, one risk at a time, and gives one back to the configuration', async () => {
    const { sent } = await limits('set', '--cost', 'low=1000', '--cost', 'high=default');
    expect(JSON.parse(String(sent[1]!.body))).to.deep.equal({
      ...{ owner: LIMITS.limits?.owner, owners: LIMITS.limits?.owners, cost: { low: 1000 } },
    });
  });

  it('switches budgets off', async () => {
    const { sent } = await limits('set', '--owner', 'off');
    expect(JSON.parse(String(sent[1]!.body))).to.not.have.property('owner');
  });

  for (const args of [
    [],
    ['--global', '600'],
    ['--global', '0:1'],
    ['--global', 'default'],
    ['--owner', '1:2:3'],
    ['--for', 'acme'],
    ['--for', '=6:1'],
    ['--for', 'acme=off'],
    ['--cost', 'low'],
    ['--cost', 'low=0'],
    ['--cost', 'low=1001'],
    ['--cost', 'low=1.5'],
    ['--cost', 'other=1'],
    ['--reason', 'x'],
  ]) {
    it(`asks nothing with set ${args.join(' ')}`, async () => {
      const { code, sent } = await limits('set', ...args);
      expect([code, sent]).to.deep.equal([2, []]);
    });
  }

  it('exits 5 when they were changed concurrently', async () => {
    const { code } = await run(['limits', 'set', '--owner', 'off'], {
      answer: ({ method }) =>
        method === 'GET'
          ? { status: 200, body: LIMITS }
          : { status: 409, body: { error: 'conflict', detail: 'Changed.' } },
    });
    expect(code).to.equal(5);
  });

  const UNREADABLE = { version: 0, source: 'unreadable', fault: 'not_json' };
  const { configured } = LIMITS;
  const whenUnreadable = (body: object, ...args: readonly string[]): Promise<Ran> =>
    run(['limits', ...args], {
      answer: ({ method }) => ({ status: 200, body: method === 'GET' ? body : LIMITS }),
    });

  it('reports unreadable stored limits and the limits in force', async () => {
    const held = await whenUnreadable({ ...LIMITS, ...UNREADABLE }, 'show');
    expect(held.out).to.match(/^set by +unknown$/m);
    expect(held.out).to.match(/^fault +not_json: .* repair with set or reset$/m);
    expect(held.out).to.match(/^every other owner +600 +60$/m);
    const none = await whenUnreadable({ ...UNREADABLE, configured }, 'show');
    expect([none.code, none.out]).to.satisfy(
      ([code, out]: [number, string]) => code === 0 && out.includes('grants nothing'),
    );
    expect(none.out).to.not.include('all agents').and.to.not.include('the configuration');
  });

  for (const [from, body, owners, said] of [
    [
      'what the service goes by',
      { ...LIMITS, ...UNREADABLE },
      LIMITS.limits?.owners,
      'from the limits of the service',
    ],
    [
      'the configuration',
      { ...UNREADABLE, configured, limits: undefined },
      {},
      'from the configuration',
    ],
  ] as const) {
    it(`mends what cannot be read, beginning with ${from}, and reports it`, async () => {
      const { code, sent, err } = await whenUnreadable(body, 'set', '--global', '6:1');
      expect(code).to.equal(0);
      expect(sent[1]!.headers).to.include({ 'if-match': '"0"' });
      expect(JSON.parse(String(sent[1]!.body))).to.deep.include({
        global: { per_minute: 6, burst: 1 },
        owners,
        cost: body.limits?.cost ?? {},
      });
      expect(err).to.include(said).and.to.include('not_json');
    });
  }

  it('goes back to the configuration', async () => {
    const { sent } = await limits('reset');
    expect(sent[0]).to.include({ method: 'DELETE' });
  });
});
