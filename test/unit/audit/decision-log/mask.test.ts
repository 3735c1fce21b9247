import { expect } from 'chai';
import fc from 'fast-check';
import { applyMasks, readMasks } from '../../../../src/audit/decision-log/mask.js';
import { MaskInvalid, pointerText } from '../../../../src/audit/decision-log/pointer.js';
import { prepare } from '../../../../src/audit/decision-log/prepare.js';
import { toDecisionEvent } from '../../../../src/audit/decision-log/event.js';
import type { DecisionEvent } from '../../../../src/domain/decision-log.js';
import { startOpa, type OpaServer } from '../../../support/opa-server.js';
import { denial, logged, PREPARE } from './world.js';

function eventWith(input: unknown, result?: unknown): DecisionEvent {
  return {
    labels: {},
    decision_id: 'dec_1',
    timestamp: '2026-01-01T00:00:00.000Z',
    ...(input === undefined ? {} : { input }),
    ...(result === undefined ? {} : { result }),
  };
}

const stored = (input?: unknown) => ({
  row: 1,
  event: { ...denial('dec_1'), event_id: '1/e/1', time_ms: 1_700_000_000_000 },
  ...(input === undefined ? {} : { input }),
});

describe('decision log masks', () => {
  it('take members out and put values in, and say so', () => {
    const event = eventWith({ password: 'x', list: [1, 2, 3], deep: { a: 1 } }, { allow: true });
    const masked = applyMasks(
      event,
      readMasks([
        '/input/password',
        '/input/list/1',
        '/input/not/there',
        { op: 'upsert', path: '/input/deep/b/c', value: 7 },
        { op: 'upsert', path: '/result', value: null },
      ]),
    );
    expect(masked.input).to.deep.equal({ list: [1, 3], deep: { a: 1, b: { c: 7 } } });
    expect(masked.result).to.equal(null);
    expect(masked.erased).to.deep.equal(['/input/password', '/input/list/1']);
    expect(masked.masked).to.deep.equal(['/input/deep/b/c', '/result']);
    expect(event.input).to.have.property('password');
  });

  it('reach names that have to be escaped, however they are written', () => {
    const input = { 'a b': 1, 'x/y': 2, 'm~n': 3, 'p%q': 4 };
    const paths = ['/input/a b', '/input/x%2Fy', '/input/m~0n', '/input/p%25q'];
    expect(applyMasks(eventWith(input), readMasks(paths)).input).to.deep.equal({});
  });

  it('treat __proto__ as a member like any other', () => {
    const input: unknown = JSON.parse('{"__proto__": {"secret": 1}, "a": 2}');
    const removed = applyMasks(eventWith(input), readMasks(['/input/__proto__/secret']));
    expect(JSON.stringify(removed.input)).to.equal('{"__proto__":{},"a":2}');
    const rules = readMasks([
      { op: 'upsert', path: '/input/constructor/prototype/evil', value: 1 },
    ]);
    applyMasks(eventWith({}), rules);
    expect(({} as Record<string, unknown>)['evil']).to.equal(undefined);
  });

  for (const [why, rules] of [
    ['no list', { '/input': true }],
    ['an unknown part', ['/labels/x']],
    ['no slash', ['input/x']],
    ['an empty text', ['']],
    ['a number', [7]],
    ['an unknown op', [{ op: 'replace', path: '/input/x' }]],
    ['no op', [{ path: '/input/x' }]],
    ['no path', [{ op: 'remove' }]],
    ['a bad escape', ['/input/%zz']],
  ] as const) {
    it(`are refused as a whole for ${why}`, () => {
      expect(() => readMasks(rules)).to.throw(MaskInvalid);
    });
  }

  for (const [why, mask] of [
    [
      'throws',
      {
        evaluate: (): unknown => {
          throw new Error('conflict');
        },
      },
    ],
    ['is undefined', { evaluate: (): unknown => undefined }],
    ['is malformed', { evaluate: (): unknown => ['/input/secret_sauce', 7] }],
    ['is missing from the bundle', 'missing' as const],
  ] as const) {
    it(`fail closed: a mask rule that ${why} leaves no content in the event`, () => {
      const input = { secret_sauce: 'garlic' };
      const prepared = prepare(stored(input), { mask }, PREPARE);
      const event = logged(prepared);
      expect(prepared.maskError).to.be.a('string');
      expect(JSON.stringify(event)).not.to.match(/garlic|crawler|scope_not_granted/);
      expect(event).not.to.have.any.keys('input', 'result');
      expect(event.erased).to.include.members(['/input', '/result']);
      expect(event).to.deep.include({ decision_id: 'dec_1', labels: { id: 'test' } });
    });
  }

  it('a drop rule that fails drops nothing; only true drops', () => {
    const failing = {
      evaluate: (): unknown => {
        throw new Error('x');
      },
    };
    const kept = prepare(stored(), { drop: failing }, PREPARE);
    expect(kept.event).not.to.equal(undefined);
    expect(kept.dropError).to.be.a('string');
    for (const answer of [false, undefined, 'true', 1, [true]]) {
      const prepared = prepare(stored(), { drop: { evaluate: () => answer } }, PREPARE);
      expect(prepared.event, String(answer)).not.to.equal(undefined);
    }
    expect(prepare(stored(), { drop: { evaluate: () => true } }, PREPARE).event).to.equal(
      undefined,
    );
  });

  it('secrets go before any rule sees them, wherever they stand and whatever is configured', () => {
    let seen = '';
    const input = {
      request: { declared: { reason: 'use csk_0123456789abcdefghij please', session_id: 's1' } },
      nested: { client_secret: 'hunter2', list: ['Bearer abcdefghijklmnopqrstuv'] },
    };
    const mask = { evaluate: (event: DecisionEvent) => ((seen = JSON.stringify(event)), []) };
    const event = logged(prepare(stored(input), { mask }, PREPARE));
    for (const text of [seen, JSON.stringify(event)]) {
      expect(text).not.to.match(/csk_0123|hunter2|abcdefghijklmnopqrstuv/);
      expect(text).to.contain('s1');
    }
    expect(event.masked).to.have.members([
      '/input/request/declared/reason',
      '/input/nested/client_secret',
      '/input/nested/list/0',
    ]);
  });

  it('an event names its missing parts: an input that was not recorded, a policy that did not run', () => {
    const without = toDecisionEvent(stored(), PREPARE);
    expect(without.erased).to.deep.equal(['/input']);
    expect(without.custom).to.include({ input_absent: 'not_recorded', agent_id: 'crawler' });
    expect(without).to.deep.include({
      path: 'countersign/decision',
      bundles: { countersign: { revision: 'r1' } },
      timestamp: '2023-11-14T22:13:20.000Z',
    });
    const { policy_revision: _, ...limited } = stored().event;
    const refused = toDecisionEvent({ row: 1, event: limited }, PREPARE);
    expect(refused).not.to.have.any.keys('path', 'bundles', 'input', 'erased');
  });
});

describe('decision log masks compared with those of OPA', () => {
  let opa: OpaServer;
  before(async function () {
    this.timeout(30_000);
    opa = await startOpa();
  });
  after(() => {
    opa.stop();
  });

  const name = fc.constantFrom('a', 'b', 'c', '0', '1', '-1', '', 'x.y', 'p$q');
  const value = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<unknown>(1, 'text', null, true),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c', '0', '1', '', 'x.y'), tie('value'), {
        maxKeys: 3,
      }),
    ),
  })).value;
  const path = fc
    .tuple(
      fc.constantFrom('input', 'result'),
      fc.constantFrom('t', 'a'),
      fc.array(name, { maxLength: 3 }),
    )
    .map(([part, top, steps]) => `/${[part, top, ...steps].join('/')}`);
  const rule = fc.oneof(
    path,
    path.map((at) => ({ op: 'remove', path: at })),
    fc.tuple(path, value).map(([at, to]) => ({ op: 'upsert', path: at, value: to })),
  );

  it('give an equal event for equal masks, on generated inputs and masks', async () => {
    let changed = 0;
    await fc.assert(
      fc.asyncProperty(
        value,
        value,
        fc.array(rule, { minLength: 1, maxLength: 4 }),
        async (t, a, masks) => {
          const answer = { t: a, masks };
          const input = { t, a, answer };
          const theirs = await opa.decide(input);
          const ours = applyMasks(eventWith(input, answer), readMasks(masks));
          if (ours.erased ?? ours.masked) changed += 1;
          expect(ours.input).to.deep.equal(theirs?.['input']);
          expect(ours.result).to.deep.equal(theirs?.['result']);
          // OPA names a path once for each rule that hit it.
          expect(ours.erased ?? []).to.deep.equal([
            ...new Set((theirs?.['erased'] ?? []) as string[]),
          ]);
          expect(ours.masked ?? []).to.deep.equal([
            ...new Set((theirs?.['masked'] ?? []) as string[]),
          ]);
        },
      ),
      { numRuns: 300 },
    );
    expect(changed).to.be.greaterThan(50);
  }).timeout(60_000);

  it('have the members and types of its events, and no others', async () => {
    const theirs = await opa.decide({
      answer: { masks: ['/input/x', { op: 'upsert', path: '/input/y', value: 1 }] },
      x: 1,
    });
    const event = logged(
      prepare(
        { ...stored({ x: 1 }), event: { ...stored().event, detail: { evaluation_micros: 12.5 } } },
        { mask: { evaluate: () => ['/input/x', { op: 'upsert', path: '/input/y', value: 1 }] } },
        PREPARE,
      ),
    );
    // A bundle is named only where OPA has one, and `custom` only where somebody set it.
    const ownNames = new Set(['bundles', 'custom']);
    for (const [member, ours] of Object.entries(event)) {
      if (ownNames.has(member)) continue;
      expect(theirs, member).to.have.property(member);
      expect(Array.isArray(ours), member).to.equal(Array.isArray(theirs?.[member]));
      expect(typeof ours, member).to.equal(typeof theirs?.[member]);
    }
    expect(event.erased).to.deep.equal(theirs?.['erased']);
    expect(event.masked).to.deep.equal(theirs?.['masked']);
    expect(event.metrics).to.deep.equal({ timer_rego_query_eval_ns: 12_500 });
    expect(theirs?.['metrics']).to.have.property('timer_rego_query_eval_ns');
  });

  it('differ where OPA logs unmasked data or nothing: a path that it does not find, a mask that fails', async () => {
    const spaced = { answer: { masks: ['/input/a b'] }, 'a b': 'secret' };
    expect(JSON.stringify(await opa.decide(spaced))).to.contain('secret');
    expect(applyMasks(eventWith(spaced), readMasks(['/input/a b'])).input).not.to.have.property(
      'a b',
    );
    const undefinedMask = { answer: {}, x: 'secret' };
    expect(JSON.stringify(await opa.decide(undefinedMask))).to.contain('secret');
    expect(await opa.decide({ answer: { masks: 'no set' } })).to.equal(undefined);
    expect(pointerText(['input', 'a b'])).to.equal('/input/a%20b');
  });
});
