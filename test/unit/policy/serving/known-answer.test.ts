import { expect } from 'chai';
import { mock } from 'node:test';
import type { Logger } from '../../../../src/domain/logger.js';
import {
  engineAlarm,
  engineProblem,
  startKnownAnswerChecks,
} from '../../../../src/app/policy/known-answer.js';
import { createPolicyEngine } from '../../../../src/policy/serving/engine.js';
import { recordAnswer } from '../../../../src/policy/serving/record-answer.js';
import { KnownAnswer } from '../../../../src/policy/serving/known-answer.js';
import type { PolicyInstance } from '../../../../src/policy/wasm/instance.js';
import { fixtureBundle } from '../../../support/bundles/build.js';
import { ALLOW, engineOf, rejection, requestInput } from '../engine-of.js';
import { instanceOf } from '../instance-of.js';

/** A policy with an answer that a test can change under it, as broken memory would. */
const SWITCHED = {
  builtins: [{ name: 'test.soundness', arity: 1 }],
  rego: ALLOW.replace('"message": "yes"', '"message": test.soundness(input.agent.id)'),
};

interface Switched {
  answer: string;
  calls: number;
}

function soundness(state: Switched): { readonly arity: number; call: () => string } {
  return {
    arity: 1,
    call: () => {
      state.calls += 1;
      return state.answer;
    },
  };
}

/** An instance that gives the answers of a list, one for each generation of its memory. */
function scripted(answers: readonly (string | Error)[]): PolicyInstance {
  const instance = {
    generation: 0,
    rebuilds: 0,
    evaluate: () => {
      const answer = answers[instance.generation] ?? 'right';
      if (answer instanceof Error) throw answer;
      return answer;
    },
    rebuild: () => {
      instance.generation += 1;
      instance.rebuilds += 1;
    },
  };
  return instance as unknown as PolicyInstance;
}

function collectingLog(): { readonly log: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const say =
    (level: string) =>
    (_fields: object, message?: string): void => {
      lines.push(`${level}: ${message ?? ''}`);
    };
  const log = { info: say('info'), warn: say('warn'), error: say('error'), debug: say('debug') };
  return { log: log, lines };
}

const RECORDED = { input: Buffer.from('{}'), text: 'right' };

describe('the known answer of a bundle', function () {
  this.timeout(60_000);

  it('known answer: a miss recreates the memory of the instance, and a right answer afterwards ends it', () => {
    for (const wrong of ['', 'other', new Error('trap')]) {
      const instance = scripted([wrong]);
      const known = new KnownAnswer(instance, RECORDED);
      known.check();
      expect([instance.rebuilds, known.misses, known.failing]).to.deep.equal([1, 1, false]);
      known.check();
      expect([instance.rebuilds, known.checks]).to.deep.equal([1, 3]);
    }
  });

  it('known answer: two misses in a row fail and stop decisions, until the answer is right', () => {
    const instance = scripted(['wrong', 'wrong', 'wrong', 'right']);
    const known = new KnownAnswer(instance, RECORDED);
    known.check();
    expect(known.failing).to.equal(true);
    expect(() => {
      known.require();
    }).to.throw(/does not decide/);
    expect(instance.rebuilds, 'a request rebuilds nothing while it fails').to.equal(1);
    known.check();
    expect(known.failing).to.equal(true);
    known.check();
    expect(known.failing).to.equal(false);
    known.require();
  });

  it('known answer: runs after each rebuild, before anything is decided on the new memory', () => {
    const instance = scripted(['right', 'wrong', 'wrong']);
    const known = new KnownAnswer(instance, RECORDED);
    known.require();
    expect(known.checks).to.equal(0);
    instance.rebuild();
    expect(() => {
      known.require();
    }).to.throw(/does not decide/);
  });

  it('known answer: a fault of an agent is followed by a check, which is no decision of an agent', async () => {
    const state = { answer: 'sound', calls: 0 };
    const rego = `${SWITCHED.rego}\ndecision := {"conflict": true} if input.agent.id == "conflicting"`;
    const engine = await engineOf(
      { ...SWITCHED, rego },
      {},
      { 'test.soundness': soundness(state) },
    );
    await rejection(engine.decide(requestInput({ agent: { id: 'conflicting' } })));
    expect(engine.counters()).to.include({
      ...{ evaluations: 1, instanceReplacements: 1, knownAnswerChecks: 1, knownAnswerMisses: 0 },
    });
    engine.checkKnownAnswers();
    expect(engine.counters()).to.include({ evaluations: 1, knownAnswerChecks: 2 });
  });

  it('known answer: readiness fails after two misses in a row with an alarm, and every request is 503', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    try {
      const state = { answer: 'sound', calls: 0 };
      const engine = await engineOf(SWITCHED, {}, { 'test.soundness': soundness(state) });
      const { log, lines } = collectingLog();
      const checks = startKnownAnswerChecks(engine, log);
      const tick = async (): Promise<void> => {
        mock.timers.tick(3000);
        // The task is a promise: its turn ends in microtasks.
        await new Promise(setImmediate);
      };
      await tick();
      expect(engine.counters()).to.include({ knownAnswerChecks: 1, knownAnswerMisses: 0 });
      expect(engineProblem(engine.counters())).to.equal(undefined);
      state.answer = 'unsound';
      await tick();
      expect(engineProblem(engine.counters())).to.match(/missed twice in a row/);
      expect(lines.filter((line) => line.startsWith('error'))).to.have.lengthOf(1);
      const error = await rejection(engine.decide(requestInput()));
      expect(error).to.include({ code: 'temporarily_unavailable' });
      expect(error.message).to.contain('known_answer');
      expect(engine.counters().faults.known_answer).to.equal(1);
      state.answer = 'sound';
      await tick();
      expect(engineProblem(engine.counters())).to.equal(undefined);
      expect((await engine.decide(requestInput())).result.effect).to.equal('allow');
      expect(lines.at(-1)).to.match(/^info: .*again/);
      const { knownAnswerChecks } = engine.counters();
      await checks.stop();
      await tick();
      expect(engine.counters().knownAnswerChecks, 'the timer ended').to.equal(knownAnswerChecks);
    } finally {
      mock.timers.reset();
    }
  });

  it('known answer: an active bundle that is refused now is an alarm that is logged once', async () => {
    const bundle = await fixtureBundle({
      builtins: [{ name: 'json.is_valid', arity: 1 }],
      rego: `${ALLOW}\nlooked if json.is_valid(input.agent.id)\ndecision := {"x": 1} if { looked; false }`,
    });
    const engine = createPolicyEngine();
    await engine.prepare(bundle, { evenIfRefused: true });
    engine.assign({ active: bundle.digest });
    const { log, lines } = collectingLog();
    const checks = startKnownAnswerChecks(engine, log);
    checks.now();
    checks.now();
    await checks.stop();
    expect(lines.filter((line) => line.includes('would be refused now'))).to.have.lengthOf(1);
    expect(engineAlarm(engine.counters())).to.contain('json.is_valid');
    expect(engineProblem(engine.counters()), 'it goes on deciding').to.equal(undefined);
  });

  describe('which input it is', () => {
    const RULES = `default decision := {"effect": "deny", "reasons": REASONS, "obligations": []}
decision := {"effect": "allow", "grant": {"scopes": input.request.scopes, "ttl_seconds": 60}, "reasons": [], "obligations": []} if input.agent.id == "granted"`;
    const granted = requestInput({ agent: { id: 'granted' } });
    const reasons = '[{"rule": "r", "code": "c", "message": "m"}]';
    const pick = async (why: string, cases: ReadonlyMap<string, string>, admitted?: unknown) => {
      const instance = await instanceOf({ rego: RULES.replace('REASONS', why) });
      return recordAnswer(instance, { cases }, admitted);
    };
    const none = new Map<string, string>();

    it('the input that admission found to be granted', async () => {
      const { input, text } = await pick(reasons, none, granted);
      expect(JSON.parse(String(input))).to.deep.equal(JSON.parse(JSON.stringify(granted)));
      expect(text).to.contain('allow');
    });

    it('a denied one with reasons where nothing is granted', async () => {
      const { text } = await pick(reasons, none);
      expect(text).to.contain('deny').and.contain('"code"');
    });

    it('one of the bundle’s own cases when no report names an input', async () => {
      const one = {
        name: 'granted',
        ask: { resource: 'library', scopes: ['read'] },
        input: { agent: { id: 'granted' } },
        expect: { effect: 'allow' },
      };
      const resources = { library: { id: 'library', audiences: [], scopes: [] } };
      const file = JSON.stringify({ about: 'A case.', resources, cases: [one] });
      const { text } = await pick(reasons, new Map([['a.json', file]]));
      expect(text).to.contain('allow');
    });

    it('skips every value that is not an input', async () => {
      for (const odd of [null, 7, 'x', [], {}, { agent: 'x'.repeat(100_000) }]) {
        expect((await pick(reasons, none, odd)).text).to.contain('deny');
      }
    });
  });
});
