import { expect } from 'chai';
import fc from 'fast-check';
import type { Evaluation, PolicyResult } from '../../../../src/domain/policy.js';
import { isScope, scopeCovers } from '../../../../src/domain/scope.js';
import { clampDecision } from '../../../../src/policy/serving/clamp.js';
import { canonicalJson } from '../../../../src/policy/json/canonical.js';
import { requestInput } from '../engine-of.js';

const scope = fc.constantFrom(
  ...['read:a', 'read:b', 'read:*', 'read:a:1', 'read:a:*', 'write:a', 'write:*', '*', 'read'],
  ...['read:a write:a', 'read:', '', 'admin'],
);
// Mostly what leads to a grant: a property over denials alone would hold without the clamp.
const seconds = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 100_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(-5, 0, 0.5, Number.NaN) },
);
const effect = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('allow', 'narrow') },
  { weight: 1, arbitrary: fc.constantFrom('review', 'deny', 'permit', '') },
);

function evaluationOf(result: PolicyResult): Evaluation {
  return { result, revision: 'r1', inputDigest: 'sha256:00', evaluationMicros: 1 };
}

function granting(scopes: readonly string[], ttl_seconds: number, how = 'allow'): Evaluation {
  return evaluationOf({
    effect: how as PolicyResult['effect'],
    grant: { scopes, ttl_seconds },
    removed: [{ scope: 'write:a', rule: 'r', reason: 'not yours' }],
    reasons: [{ rule: 'r', code: 'c', message: 'm' }],
    obligations: [{ id: 'o', type: 't', properties: {} }],
  });
}

function asking(scopes: readonly string[], ttl_seconds: number): ReturnType<typeof requestInput> {
  return requestInput({ request: { scopes, ttl_seconds } });
}

describe('clampDecision (I3)', () => {
  it('grants only requested scopes within every cap, for any result of the bundle', () => {
    const scopes = fc.array(scope, { maxLength: 8 });
    const caps = fc.array(seconds, { maxLength: 4 });
    fc.assert(
      fc.property(
        effect,
        scopes,
        scopes,
        seconds,
        seconds,
        caps,
        (how, granted, asked, ttl, askedTtl, all) => {
          const decision = clampDecision(granting(granted, ttl, how), asking(asked, askedTtl), all);
          for (const given of decision.scopes) {
            expect(asked.some((wide) => scopeCovers(wide, given))).to.equal(true);
            expect(granted).to.include(given);
            expect(isScope(given)).to.equal(true);
          }
          const grants = decision.effect === 'allow' || decision.effect === 'narrow';
          expect(decision.scopes.length > 0).to.equal(grants);
          expect(decision.ttlSeconds > 0).to.equal(grants);
          if (!grants) return;
          expect(Number.isInteger(decision.ttlSeconds)).to.equal(true);
          for (const cap of [ttl, askedTtl, ...all]) expect(decision.ttlSeconds).to.be.at.most(cap);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('leaves alone what the bundle had a right to', () => {
    const decision = clampDecision(
      granting(['read:b', 'read:a'], 60),
      asking(['read:a', 'read:b'], 90),
      [600],
    );
    expect(decision).to.deep.include({
      effect: 'allow',
      scopes: ['read:a', 'read:b'],
      ttlSeconds: 60,
      clamped: false,
      revision: 'r1',
      inputDigest: 'sha256:00',
    });
    expect(decision.removed.map((r) => r.scope)).to.deep.equal(['write:a']);
    expect(decision.obligations.map((o) => o.id)).to.deep.equal(['o']);
  });

  it('takes away a scope a bundle added, and says that it did', () => {
    const decision = clampDecision(granting(['read:a', 'admin'], 60), asking(['read:a'], 60), []);
    expect(decision).to.deep.include({ scopes: ['read:a'], clamped: true, effect: 'allow' });
  });

  it('removes a wildcard that the bundle made of the requested scopes', () => {
    const decision = clampDecision(granting(['read:*', '*'], 60), asking(['read:a'], 60), []);
    expect(decision).to.deep.include({ effect: 'deny', scopes: [], ttlSeconds: 0, clamped: true });
    expect(decision.reasons.at(-1)).to.include({ rule: 'countersign.engine', code: 'grant_empty' });
  });

  it('does not take `read:a admin` for one scope under `read:*`', () => {
    const decision = clampDecision(granting(['read:a admin'], 60), asking(['read:*'], 60), []);
    expect(decision.effect).to.equal('deny');
  });

  it('shortens to the smallest of granted, asked and every cap', () => {
    const granted = granting(['read:a'], 600);
    expect(clampDecision(granted, asking(['read:a'], 500), [400, 300]).ttlSeconds).to.equal(300);
    expect(clampDecision(granted, asking(['read:a'], 200), [400, 300]).ttlSeconds).to.equal(200);
    expect(clampDecision(granted, asking(['read:a'], 900), []).ttlSeconds).to.equal(600);
    expect(clampDecision(granted, asking(['read:a'], 900), [300]).clamped).to.equal(true);
  });

  it('denies when a cap is zero, negative or not a number', () => {
    for (const cap of [0, -1, 0.5, Number.NaN]) {
      const decision = clampDecision(granting(['read:a'], 60), asking(['read:a'], 60), [cap]);
      expect(decision, String(cap)).to.include({ effect: 'deny', ttlSeconds: 0 });
    }
  });

  it('denies an unknown effect, and drops the grant of a review or a denial', () => {
    const permit = clampDecision(granting(['read:a'], 60, 'permit'), asking(['read:a'], 60), []);
    expect(permit).to.include({ effect: 'deny' });
    expect(permit.reasons.at(-1)).to.include({ code: 'effect_unknown' });
    for (const how of ['review', 'deny']) {
      const decision = clampDecision(granting(['read:a'], 60, how), asking(['read:a'], 60), []);
      expect(decision).to.deep.include({ effect: how, scopes: [], ttlSeconds: 0 });
    }
  });

  it('does not depend on the order of keys', () => {
    const scopes = fc.array(scope, { maxLength: 5 });
    fc.assert(
      fc.property(scopes, scopes, seconds, (granted, asked, ttl) => {
        const [a, b] = [granting(granted, ttl), asking(asked, 60)];
        const plain = clampDecision(a, b, [300]);
        const other = clampDecision(reversed(a), reversed(b), [300]);
        expect(canonicalJson(other)).to.equal(canonicalJson(plain));
      }),
    );
  });
});

function reversed<T>(value: T): T {
  return turned(value) as T;
}

function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, turned(member)] as const);
  return Object.fromEntries(entries.reverse());
}
