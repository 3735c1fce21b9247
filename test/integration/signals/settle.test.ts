import { expect } from 'chai';
import type { AgentRecord } from '../../../src/domain/records.js';
import type { AgentWriteOptions } from '../../../src/domain/registry-ports.js';
import type { Signals } from '../../../src/domain/signals.js';
import { createAgentStore } from '../../../src/redis/stores/agent-store.js';
import { createSignalGatherer } from '../../../src/redis/stores/signal-gatherer.js';
import { createSignalReader } from '../../../src/redis/stores/signal-reader.js';
import { signalModel } from '../../../src/signals/simulation/model.js';
import { makeAgent, type TestStore } from '../../support/store.js';
import { useRedis, useStore } from '../../support/use-store.js';

const START_MS = Date.UTC(2096, 9, 1);
const MINUTE_MS = 60_000;
/** Of nine days: warm is an agent of whom 1,008 cells were seen. */
const WARM_REQUESTS = 9 * 24 * 3;
const WIDE = { per_minute: 1e6, burst: 1e6, resource_per_minute: 1e6, resource_burst: 1e6 };
const UNREMARKABLE = 0.3;

/** An agent in Redis under a clock of the test's, and that agent in the model: what they say is compared each time. */
class Subject {
  #atMs = START_MS;
  #revokedMs = 0;
  readonly #model = signalModel.start(START_MS + 20 * MINUTE_MS);

  private constructor(
    private readonly store: TestStore,
    private agent: AgentRecord,
    private readonly shard: number,
  ) {}

  static async fresh(store: TestStore): Promise<Subject> {
    const { agent, shard } = await makeAgent(store, 'agent');
    return new Subject(store, agent, shard);
  }

  /** It asks once in twenty minutes, and that is known. */
  static async known(store: TestStore): Promise<Subject> {
    const subject = await Subject.fresh(store);
    for (let n = 0; n < WARM_REQUESTS; n++) await subject.ask(20);
    return subject;
  }

  async ask(minutes: number, honeyScopes = 0): Promise<Signals> {
    const asked = { resource: 'stripe', scopes: ['read'], honeyScopes };
    await this.pass(minutes);
    const gatherer = createSignalGatherer(this.store.context, () => WIDE);
    const result = await gatherer.gather({ ...asked, agent: this.agent, count: true });
    if (result.state !== 'gathered') throw new Error(result.state);
    const expected = this.#model.observe(
      { ...asked, requests: 1, denials: 0, misuse: 0, revokedMs: this.#revokedMs },
      this.#atMs,
    );
    expect(result.signals.anomaly).to.be.closeTo(expected.anomaly, 1e-9);
    return result.signals;
  }

  /** A burst with honey in it, and what the policy does then: a floor under every token. */
  async isQuarantined(): Promise<void> {
    for (let n = 0; n < 60; n++) await this.ask(0.05, n % 20 === 0 ? 1 : 0);
    expect((await this.ask(0.05)).anomaly).to.be.greaterThan(0.95);
    await this.write({ cutUnder: 'rev_1' });
    this.#revokedMs = this.#atMs;
  }

  async isReleased(minutes: number): Promise<void> {
    await this.pass(minutes);
    await this.write({ signals: 'settled' });
    this.#model.settle(this.#atMs);
  }

  async write(options: AgentWriteOptions): Promise<void> {
    const { version, ...rest } = this.agent;
    const principal = { kind: 'system', id: 'test' } as const;
    const event = { type: 'agent.status_changed', principal, agent_id: rest.spec.id } as const;
    const written = await createAgentStore(this.store.context).write(rest, version, event, options);
    if (written === undefined) throw new Error('conflict');
    this.agent = written;
  }

  read = () => createSignalReader(this.store.context).read(this.agent.spec.id);
  key = () => this.store.context.keys.signals(this.shard, this.agent.spec.id);

  private async pass(minutes: number): Promise<void> {
    this.#atMs += minutes * MINUTE_MS;
    await this.store.setTick(this.shard, this.#atMs);
  }
}

describe('the signals of an agent that is released', function () {
  this.timeout(120_000);
  const redis = useRedis({ args: ['--appendonly', 'no'] });
  const store = useStore(redis);
  // A shard's clock only goes forward: each test has its own.

  it('say nothing of what it did before, and all of what it learned', async () => {
    const subject = await Subject.known(store);
    const before = await subject.read();
    await subject.isQuarantined();
    // The floor of its quarantine is a revocation of minutes ago; to ask again after that is no sign now.
    await subject.isReleased(5);
    const settled = await subject.read();
    expect(settled?.terms.filter(({ score }) => score > 0)).to.deep.equal([]);
    expect(settled?.profile).to.deep.equal(before?.profile);
    expect(settled?.learned).to.deep.equal(before?.learned);
    for (let n = 0; n < 40; n++) {
      const { anomaly, learning } = await subject.ask(n < 2 ? 2 : 20);
      expect([anomaly < UNREMARKABLE, learning], String(anomaly)).to.deep.equal([true, false]);
      const after = (await subject.read())?.terms.find(({ name }) => name === 'after_revocation');
      expect(after?.value).to.equal(0);
    }
  });

  it('apply to its next request', async () => {
    const subject = await Subject.known(store);
    await subject.isQuarantined();
    await subject.isReleased(60);
    for (let n = 0; n < 3; n++) await subject.ask(0.1, 1);
    expect((await subject.ask(0.1)).anomaly).to.be.greaterThan(0.95);
  });

  it('see that it asks again right after a later revocation', async () => {
    const subject = await Subject.known(store);
    await subject.isReleased(1);
    await subject.isQuarantined();
    const after = async () => (await subject.ask(0.1)).terms.map(({ name }) => name);
    for (let n = 0; n < 10; n++) await after();
    expect(await after()).to.include('after_revocation');
  });

  for (const [name, spoil] of [
    ['cannot be read', ['SET', 'rubbish']],
    ['are of another type', ['LPUSH', 'rubbish']],
  ] as const) {
    it(`are forgotten when they ${name}`, async () => {
      const subject = await Subject.fresh(store);
      await store.client.del(subject.key());
      await store.client.call(spoil[0], subject.key(), spoil[1]);
      await subject.write({ signals: 'settled' });
      expect(await store.client.exists(subject.key())).to.equal(0);
    });
  }
});
