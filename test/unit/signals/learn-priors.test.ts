import { expect } from 'chai';
import fc from 'fast-check';
import type { AgentRecord } from '../../../src/domain/records.js';
import type { SignalPrior, SignalProfile } from '../../../src/domain/signals.js';
import { parsePriors } from '../../../src/signals/priors/document.js';
import { learnPriors, MIN_PER_CLASS } from '../../../src/signals/priors/learn.js';
import { medianPrior, PRIOR_MEMBERS } from '../../../src/signals/priors/prior.js';
import { AGENT } from '../../support/fake-records.js';
import { PROFILE } from '../../support/fake-signals.js';

const DAY_MS = 86_400_000;
const USUAL: SignalPrior = {
  requests_10m: 2,
  dispersion: 3,
  denial_share: 0.01,
  novelty_share: 0.02,
};

interface Fleet {
  readonly agents: Map<string, AgentRecord>;
  readonly profiles: Map<string, SignalProfile | Error>;
  readonly written: string[];
  readonly clock: { now: number };
  document: string | undefined;
  learn(): Promise<number>;
  classes(): ReadonlyMap<string, SignalPrior>;
}

const SHARDS = 4;

/** A fleet in memory. Random is a fixed rising number: the order of shards is no test's luck. */
function fleet(): Fleet {
  const self: Fleet = {
    agents: new Map(),
    profiles: new Map(),
    written: [],
    clock: { now: 100 * DAY_MS },
    document: undefined,
    learn: () => {
      let random = 0;
      return learnPriors({
        store: {
          read: () => Promise.resolve(self.document),
          write: (text) => {
            self.written.push(text);
            self.document = text;
            return Promise.resolve();
          },
          sample: (shard, count) => {
            const ids = [...self.agents.keys()].filter((_, at) => at % SHARDS === shard);
            return Promise.resolve(ids.slice(0, count));
          },
        },
        agents: { read: (id) => Promise.resolve(self.agents.get(id)) },
        reader: {
          read: (id) => {
            const profile = self.profiles.get(id);
            return profile instanceof Error ? Promise.reject(profile) : Promise.resolve(profile);
          },
        },
        shards: SHARDS,
        clock: { nowMs: () => self.clock.now },
        random: () => (random += 0.001),
      });
    },
    classes: () => {
      const parsed = self.document === undefined ? new Map() : parsePriors(self.document);
      return new Map([...(parsed ?? [])].map(([name, { prior }]) => [name, prior]));
    },
  };
  return self;
}

/** Adds warm agents of a class. */
function add(
  { agents, profiles }: Fleet,
  count: number,
  agentClass: string,
  more: Partial<SignalProfile> & { readonly status?: AgentRecord['status'] } = {},
): void {
  const { status = 'active', ...profile } = more;
  for (let n = 0; n < count; n++) {
    const id = `agent-${String(agents.size)}`;
    agents.set(id, { ...AGENT, status, spec: { id, class: agentClass } });
    profiles.set(id, { ...PROFILE, anomaly: 0, learned: USUAL, ...profile });
  }
}

describe('learning the priors of a fleet', () => {
  it('takes the medians of each class', async () => {
    const world = fleet();
    for (let n = 0; n < 21; n++) {
      add(world, 1, 'batch', {
        learned: { ...USUAL, requests_10m: 1 + n / 10, dispersion: 5 - n / 10 },
      });
    }
    add(world, MIN_PER_CLASS, 'office');
    expect(await world.learn()).to.equal(2);
    expect(world.classes()).to.deep.equal(
      new Map([
        ['batch', { ...USUAL, requests_10m: 2, dispersion: 4 }],
        ['office', USUAL],
      ]),
    );
  });

  it('learns nothing from fewer than twenty agents', async () => {
    const world = fleet();
    add(world, MIN_PER_CLASS - 1, 'few');
    expect(await world.learn()).to.equal(0);
    expect(world.written).to.deep.equal([]);
    add(world, 1, 'few');
    expect(await world.learn()).to.equal(1);
  });

  it('leaves out agents that are learning, anomalous or stopped, or have no valid numbers', async () => {
    const world = fleet();
    const wild = { ...USUAL, requests_10m: 3.9 };
    add(world, MIN_PER_CLASS, 'batch');
    add(world, 50, 'batch', { learned: wild, learning: true });
    add(world, 50, 'batch', { learned: wild, anomaly: 0.5 });
    add(world, 50, 'batch', { learned: wild, status: 'quarantined' });
    add(world, 50, 'batch', { learned: wild, status: 'deleted' });
    add(world, 50, 'batch', { learned: { ...wild, dispersion: Number.NaN } });
    add(world, 50, 'batch', { learned: { ...wild, denial_share: -1 } });
    await world.learn();
    expect(world.classes().get('batch')).to.deep.equal(USUAL);
    expect(parsePriors(world.document ?? '')?.get('batch')?.agents).to.equal(MIN_PER_CLASS);
  });

  it('looks at no more than 200 agents of a class, 100 classes and 5,000 agents', async () => {
    const world = fleet();
    add(world, 300, 'many');
    for (let n = 0; n < 120; n++) add(world, MIN_PER_CLASS, `class-${String(n).padStart(3, '0')}`);
    expect(await world.learn()).to.equal(100);
    expect(parsePriors(world.document ?? '')?.get('many')?.agents).to.equal(200);
    const large = fleet();
    add(large, 8_000, 'one');
    let looked = 0;
    const { agents } = large;
    const get = agents.get.bind(agents);
    agents.get = (id) => {
      looked++;
      return get(id);
    };
    await large.learn();
    expect(looked).to.equal(5_000);
  });

  it('cannot be bent further than four times the default, by however many', async () => {
    const world = fleet();
    const flood = { requests_10m: 1e6, dispersion: 1e6, denial_share: 1, novelty_share: 1 };
    add(world, 100, 'batch', { learned: flood });
    add(world, 100, 'idle', {
      learned: { requests_10m: 0, dispersion: 0, denial_share: 0, novelty_share: 0 },
    });
    await world.learn();
    expect(world.classes().get('batch')).to.deep.equal({
      requests_10m: 4,
      dispersion: 16,
      denial_share: 0.08,
      novelty_share: 0.08,
    });
    // In the document too, whatever its readers do.
    expect(world.document).to.not.contain('1000000');
    expect(world.classes().get('idle')).to.deep.equal({
      requests_10m: 0.25,
      dispersion: 1,
      denial_share: 0.005,
      novelty_share: 0.005,
    });
  });

  it('stays among the honest while they are more than half', () => {
    const prior = fc.record({
      requests_10m: fc.double({ min: 0, max: 1e6, noNaN: true }),
      dispersion: fc.double({ min: 0, max: 1e6, noNaN: true }),
      denial_share: fc.double({ min: 0, max: 1, noNaN: true }),
      novelty_share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(prior, { minLength: 11, maxLength: 40 }),
        fc.array(prior, { maxLength: 10 }),
        (honest, poisoned) => {
          const found = medianPrior([...poisoned, ...honest]);
          for (const member of PRIOR_MEMBERS) {
            const values = honest.map((one) => one[member]);
            expect(found[member]).to.be.within(Math.min(...values), Math.max(...values));
          }
        },
      ),
    );
  });

  it('keeps the prior of a class that is rare in a sample, for a week', async () => {
    const world = fleet();
    add(world, MIN_PER_CLASS, 'rare');
    await world.learn();
    world.agents.clear();
    world.clock.now += 7 * DAY_MS - 1;
    await world.learn();
    expect(world.classes().has('rare')).to.equal(true);
    world.clock.now += 1;
    await world.learn();
    expect(world.classes().has('rare')).to.equal(false);
  });

  it('skips an unreadable agent, and fails when none can be read', async () => {
    const world = fleet();
    add(world, MIN_PER_CLASS, 'batch');
    add(world, 1, 'batch');
    world.profiles.set('agent-0', new Error('broken'));
    expect(await world.learn()).to.equal(1);
    for (const id of world.agents.keys()) world.profiles.set(id, new Error('away'));
    const failed = await world.learn().catch((error: unknown) => error);
    expect(String(failed)).to.contain('away');
  });

  it('replaces an invalid document, and writes nothing without a change', async () => {
    const world = fleet();
    world.document = '{"version":7}';
    add(world, MIN_PER_CLASS, 'batch');
    await world.learn();
    await world.learn();
    expect(world.written).to.have.length(1);
    expect(world.classes().get('batch')).to.deep.equal(USUAL);
  });
});
