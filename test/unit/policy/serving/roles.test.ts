import { expect } from 'chai';
import fc from 'fast-check';
import { crc32 } from 'node:zlib';
import type { PolicyInput } from '../../../../src/domain/policy.js';
import { createPolicyEngine, type PolicyEngine } from '../../../../src/policy/serving/engine.js';
import { DeferredWork } from '../../../../src/policy/serving/deferred.js';
import { canaryTakes } from '../../../../src/policy/serving/trial.js';
import { fixtureBundle } from '../../../support/bundles/build.js';
import { ALLOW, rejection, requestInput } from '../engine-of.js';

const DENY = `decision := {"effect": "deny", "reasons": [], "obligations": []}`;
const THROWS = `
decision := allowed(input.agent.id)
allowed(id) := {"effect": "deny", "reasons": [], "obligations": []}
allowed(id) := {"effect": "deny", "reasons": [{"rule": "r", "code": "c", "message": "m"}], "obligations": []} if id != "countersign-probe"`;

describe('a bundle in a role', () => {
  /** Jobs that wait for a free moment. */
  let later: (() => void)[];
  let engine: PolicyEngine;
  let digests: { allow: string; deny: string; throws: string };
  const asked = (id = 'a'): PolicyInput => requestInput({ agent: { id } });
  const effect = async (input = asked()): Promise<string> =>
    (await engine.decide(input)).result.effect;
  const drain = (): void => {
    for (let job = later.shift(); job !== undefined; job = later.shift()) job();
  };

  beforeEach(async () => {
    later = [];
    engine = createPolicyEngine({ runLater: (job) => later.push(job) });
    const bundles = await Promise.all(
      [ALLOW, DENY, THROWS].map((rego, i) => fixtureBundle({ rego, revision: `r${String(i)}` })),
    );
    for (const bundle of bundles) await engine.prepare(bundle);
    const [allow = '', deny = '', throws = ''] = bundles.map(({ digest }) => digest);
    digests = { allow, deny, throws };
  });

  it('that is only ready decides nothing', async () => {
    expect(engine.ready()).to.have.length(3);
    expect((await rejection(engine.decide(asked()))).message).to.contain('no_bundle');
  });

  it('must be ready: a role for another one changes nothing', async () => {
    engine.assign({ active: digests.allow }, [digests.deny]);
    expect(() => {
      engine.assign({ active: 'sha256:none' });
    }).to.throw('not ready');
    expect(await effect()).to.equal('allow');
  });

  it('without one is forgotten, unless it is to be kept', () => {
    engine.assign({ active: digests.allow }, [digests.deny]);
    expect(engine.ready()).to.deep.equal([digests.allow, digests.deny].sort());
  });

  it('as a shadow is evaluated after the answer, and decides nothing', async () => {
    engine.assign({ active: digests.allow, shadow: { digest: digests.deny, since_ms: 1 } });
    expect(await effect()).to.equal('allow');
    expect(engine.counters().evaluations, 'before the answer').to.equal(1);
    drain();
    expect(engine.counters().evaluations).to.equal(2);
    expect(engine.trials()[0]).to.deep.include({
      ...{ role: 'shadow', decisions: 1, denials: 1, active_denials: 0 },
      changes: { allow_to_deny: 1 },
    });
  });

  it('as a shadow that always throws affects no request and is counted', async () => {
    engine.assign({ active: digests.allow, shadow: { digest: digests.throws, since_ms: 1 } });
    for (let i = 0; i < 600; i++) {
      expect(await effect()).to.equal('allow');
      drain();
    }
    expect(engine.trials()[0]).to.include({ decisions: 600, errors: 600 });
  });

  it('as a canary decides for its agents with one evaluation before the answer', async () => {
    const canary = { digest: digests.deny, percent: 50, since_ms: 1, salt: 'drawn' };
    engine.assign({ active: digests.allow, canary });
    const ids = Array.from({ length: 50 }, (_, i) => `agent-${String(i)}`);
    for (const id of ids) {
      const before = engine.counters().evaluations;
      const takes = canaryTakes(canary, id);
      expect(await effect(asked(id))).to.equal(takes ? 'deny' : 'allow');
      expect(engine.counters().evaluations - before).to.equal(1);
      drain();
    }
    const taken = ids.filter((id) => canaryTakes(canary, id)).length;
    expect(engine.trials()[0]).to.deep.include({ decisions: taken, active_denials: 0 });
  });

  it('as a canary that throws is counted, and the active one decides: one evaluation more', async () => {
    const canary = { digest: digests.throws, percent: 99, since_ms: 1 };
    engine.assign({ active: digests.allow, canary });
    const ids = Array.from({ length: 20 }, (_, i) => `agent-${String(i)}`);
    const taken = ids.filter((id) => canaryTakes(canary, id));
    for (const id of taken) {
      const before = engine.counters().evaluations;
      const evaluation = await engine.decide(asked(id));
      expect(evaluation).to.include({ revision: 'r0' });
      expect(engine.counters().evaluations - before).to.equal(2);
    }
    expect(engine.trials()[0]).to.include({ decisions: taken.length, errors: taken.length });
  });

  it('is counted for each answer that it gives, by its role', async () => {
    const canary = { digest: digests.throws, percent: 50, since_ms: 1, salt: 'drawn' };
    const shadow = { digest: digests.throws, since_ms: 1 };
    engine.assign({ active: digests.allow, canary, shadow });
    const ids = Array.from({ length: 40 }, (_, i) => `agent-${String(i)}`);
    const taken = ids.filter((id) => canaryTakes(canary, id)).length;
    expect(taken).to.be.within(1, 39);
    for (const id of ids) await effect(asked(id));
    drain();
    expect(engine.decided()).to.have.deep.members([
      { digest: digests.throws, role: 'canary', decisions: 0, errors: taken },
      { digest: digests.allow, role: 'active', decisions: 40, errors: 0 },
    ]);
  });

  it('is not compared when comparing is behind: that is counted, not waited for', async () => {
    engine.assign({ active: digests.allow, shadow: { digest: digests.deny, since_ms: 1 } });
    for (let i = 0; i < 300; i++) await effect();
    expect(engine.trials()[0]?.skipped).to.equal(300 - 256);
  });

  it('resets its counts when it is restarted', async () => {
    const shadow = { digest: digests.deny, since_ms: 1 };
    engine.assign({ active: digests.allow, shadow });
    await effect();
    drain();
    engine.assign({ active: digests.allow, shadow });
    expect(engine.trials()[0]?.decisions, 'the same trial goes on').to.equal(1);
    engine.assign({ active: digests.allow, shadow: { ...shadow, since_ms: 2 } }, []);
    expect(engine.trials()[0]?.decisions).to.equal(0);
  });
});

describe('the share of a canary', () => {
  const id = fc.string({ minLength: 1, maxLength: 40 });

  it('only grows: an agent in a smaller share is in a larger one', () => {
    fc.assert(
      fc.property(id, fc.integer({ min: 1, max: 98 }), (agent, percent) => {
        const share = { digest: 'sha256:x', salt: 'drawn' };
        if (!canaryTakes({ ...share, percent }, agent)) return;
        expect(canaryTakes({ ...share, percent: percent + 1 }, agent)).to.equal(true);
      }),
    );
  });

  it('selects about the requested share, and other agents under another salt', () => {
    const ids = Array.from({ length: 10_000 }, (_, i) => `agent-${String(i)}`);
    const taken = (salt: string): string[] =>
      ids.filter((one) => canaryTakes({ digest: 'sha256:x', percent: 5, salt }, one));
    expect(taken('one').length).to.be.within(400, 600);
    const other = new Set(taken('two'));
    const both = taken('one').filter((one) => other.has(one));
    expect(both.length).to.be.lessThan(80);
  });

  it('cannot be computed from the digest: a name that was in it without a salt need not be', () => {
    const names = Array.from({ length: 400 }, (_, i) => `agent-${String(i)}`);
    const share = { digest: 'sha256:x', percent: 10 };
    const chosen = names.filter((name) => canaryTakes(share, name));
    const taken = chosen.filter((name) => canaryTakes({ ...share, salt: 'drawn' }, name));
    expect(chosen.length).to.be.greaterThan(20);
    expect(taken.length).to.be.lessThan(chosen.length / 2);
  });

  it('is that of the earlier build for a document without a salt', () => {
    const share = { digest: 'sha256:x', percent: 30 };
    const crc = (name: string): number => crc32(`sha256:x ${name}`) % 100;
    for (const name of ['alpha', 'beta', 'gamma', 'delta', 'agent-7', 'agent-8']) {
      expect(canaryTakes(share, name), name).to.equal(crc(name) < 30);
    }
  });
});

describe('work after the answer', () => {
  it('is done one job a turn, in order, and what does not fit is refused', () => {
    const turns: (() => void)[] = [];
    const done: number[] = [];
    const work = new DeferredWork(2, (job) => turns.push(job));
    const offered = [1, 2, 3].map((n) => work.offer(() => done.push(n)));
    expect(offered).to.deep.equal([true, true, false]);
    expect(turns).to.have.length(1);
    turns.shift()?.();
    expect(done).to.deep.equal([1]);
    turns.shift()?.();
    expect(done).to.deep.equal([1, 2]);
    expect(turns).to.have.length(0);
  });

  it('continues after a job that threw', () => {
    const turns: (() => void)[] = [];
    let done = false;
    const work = new DeferredWork(2, (job) => turns.push(job));
    work.offer(() => {
      throw new Error('no');
    });
    work.offer(() => {
      done = true;
    });
    expect(() => turns.shift()?.()).to.throw('no');
    turns.shift()?.();
    expect(done).to.equal(true);
  });
});
