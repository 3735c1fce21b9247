import { expect } from 'chai';
import { placeOfDecision } from '../../src/domain/ids.js';
import {
  type Asking,
  CONDITIONS,
  type Condition,
  rankShare,
  registerIn,
  seen,
  send,
  ttlOf,
  VAULT,
} from '../support/honesty.js';
import type { Answer } from '../support/http.js';
import { registerAgent, useTableService } from '../http/table/table-service.js';

const [UNKNOWN, HONEY, QUARANTINED] = CONDITIONS;
const CODECS = ['json', 'form', 'authzen'] as const;

describe('an agent learns nothing of what it holds no grant for', function () {
  this.timeout(120_000);
  const table = useTableService(() => ({ resources: [VAULT] }));
  let agents = 0;
  const newId = (name: string): string => `${name}-${String(agents++)}`;

  /** The answers to a sequence of requests of a new agent. */
  async function answersIn(condition: Condition, sequence: readonly Asking[]) {
    const client = await registerIn(table(), condition, { id: newId('probe') });
    const answers = [];
    for (const one of sequence) answers.push(await send(table(), client, condition, one));
    return answers;
  }

  for (const codec of CODECS) {
    it(`${codec}: honey and quarantine by more denials than an agent may have`, async () => {
      const sequence = Array.from({ length: 34 }, (_, at) => ({ codec, traps: [at] }));
      const [plain = [], ...others] = await Promise.all(
        CONDITIONS.map(async (one) => (await answersIn(one, sequence)).map(seen)),
      );
      // Too many denials are another reason, which a form answer does not have.
      expect(new Set(plain).size).to.equal(codec === 'form' ? 1 : 2);
      for (const other of others) expect(other).to.deep.equal(plain);
    });

    it(`${codec}: two honey scopes by the lifetime and the review of what is held`, async () => {
      const sequence: Asking[] = [
        { codec, traps: [1] },
        { codec, traps: [2] },
        { codec, traps: [], held: ['open'], ttl: 300 },
        { codec, traps: [], held: ['write'], ttl: 300 },
      ];
      const plain = await answersIn(UNKNOWN, sequence);
      const baited = await answersIn(HONEY, sequence);
      expect(baited.map(seen)).to.deep.equal(plain.map(seen));
      if (codec !== 'authzen') expect(plain.slice(2).map(ttlOf)).to.deep.equal([300, 300]);
    });
  }

  it('honey next to a granted scope', async () => {
    const sequence: Asking[] = (['json', 'form'] as const).map((codec) => ({
      ...{ codec, held: ['open', 'write'], traps: [3] },
    }));
    const [plain, baited] = [
      await answersIn(UNKNOWN, sequence),
      await answersIn(HONEY, sequence),
    ].map((answers) => answers.map(seen));
    expect(plain?.join()).to.include('scope_not_granted');
    expect(baited).to.deep.equal(plain);
  });

  it('honey by the units left in the budget', async () => {
    const rate = { per_minute: 1, burst: 12, resource_per_minute: 1, resource_burst: 12 };
    const left = [];
    for (const condition of [UNKNOWN, HONEY]) {
      const client = await registerIn(table(), condition, { id: newId('paid'), rate });
      await send(table(), client, condition, { codec: 'json', traps: [1] });
      const granted = await send(table(), client, condition, {
        ...{ codec: 'json', traps: [], held: ['open'] },
      });
      left.push(granted.headers['ratelimit-remaining']);
    }
    expect(left).to.deep.equal(['6', '6']);
  });

  it('quarantine by the reason for what it holds: as without the grant', async () => {
    const ask: Asking = { codec: 'json', traps: [], held: ['open'] };
    const [inQuarantine] = await answersIn(QUARANTINED, [ask, ask]);
    const { http } = table().service;
    const bare = await registerAgent(http, { id: 'bare', grants: [] });
    const without = await send(table(), bare, UNKNOWN, ask);
    expect(inQuarantine === undefined ? '' : seen(inQuarantine)).to.equal(seen(without));
  });

  it('quarantine and honey by the time of an answer', async () => {
    const samples = () =>
      new Map<string, number[]>(['early', ...CONDITIONS.keys()].map((name) => [String(name), []]));
    const [millis, sinceId] = [samples(), samples()];
    for (let round = 0; round < 40; round++) {
      const clients = await Promise.all(
        CONDITIONS.map((one) => registerIn(table(), one, { id: newId('timed') })),
      );
      const timed = async (name: string, work: () => Promise<Answer>): Promise<void> => {
        const start = performance.now();
        const answer = await work();
        millis.get(name)?.push(performance.now() - start);
        const id = String(answer.json()['decision_id']);
        sinceId.get(name)?.push(Date.now() - (placeOfDecision(id)?.atMs ?? Number.NaN));
      };
      // Two of each in turns, in an order that changes: a third honey scope would quarantine.
      for (let at = 0; at < 2 * CONDITIONS.length; at++) {
        const which = (at + round) % CONDITIONS.length;
        const [client, condition] = [clients[which], CONDITIONS[which]];
        if (client === undefined || condition === undefined) continue;
        const ask: Asking = { codec: 'json', traps: [at % 5] };
        await timed(String(which), () => send(table(), client, condition, ask));
      }
      const [client] = clients;
      if (client === undefined) continue;
      await timed('early', () =>
        send(table(), client, UNKNOWN, { codec: 'json', traps: [], held: ['"'] }),
      );
    }
    const of = (name: string): readonly number[] => millis.get(name) ?? [];
    // The control: an answer that takes less work ranks lower, even on a busy machine.
    expect(rankShare(of('early'), of('0'))).to.be.greaterThan(0.7);
    const shares = ['1', '2', '3'].map((other) => rankShare(of('0'), of(other)));
    for (const share of shares) {
      expect(share, shares.join()).to.be.within(0.3, 0.7);
    }
    // The time in the id is that of the gather, whatever was counted after it.
    const ids = (name: string): readonly number[] => sinceId.get(name) ?? [];
    const idShares = ['1', '2', '3'].map((other) => rankShare(ids('0'), ids(other)));
    for (const share of idShares) expect(share, idShares.join()).to.be.within(0.3, 0.7);
  });
});
