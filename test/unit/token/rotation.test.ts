import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import type { KeyRecord, KeyringDocument, SigningAlg } from '../../../src/domain/token.js';
import {
  firstKeyring,
  requestRotation,
  revokeKey,
  SERVICE_ITSELF,
  type KeyringPlan,
} from '../../../src/token/key-changes.js';
import { nextRotationStep, planRotation } from '../../../src/token/rotation.js';

const SCHEDULE = {
  jwksCacheSeconds: 60,
  longestTokenMs: 330_000,
  rotateEverySeconds: 86_400,
  alg: 'ES256' as SigningAlg,
};

/** A record as if it were made now; planning opens no keys. */
function newKey(): KeyRecord {
  const kid = createHash('sha256').update(randomBytes(16)).digest('base64url');
  return {
    kid,
    alg: 'ES256',
    state: 'next',
    public_jwk: { kty: 'EC', kid },
    sealed_private_key: 'v1.sealed',
    published_at_ms: 0,
  };
}

function first(nowMs = 0): KeyringDocument {
  return firstKeyring(newKey(), nowMs, 0).next;
}

function kidOf(document: KeyringDocument, state: KeyRecord['state']): string | undefined {
  return document.keys.find((key) => key.state === state)?.kid;
}

function step(document: KeyringDocument, nowMs: number): KeyringPlan | undefined {
  return planRotation(document, nowMs, { ...SCHEDULE, newKey });
}

function must(plan: KeyringPlan | undefined): KeyringDocument {
  if (!plan) throw new Error('nothing was planned');
  return plan.next;
}

const typesOf = (plan: KeyringPlan | undefined): unknown => plan?.events.map((event) => event.type);

describe('rotation planner', () => {
  it('does nothing while nothing is due', () => {
    expect(step(first(), 86_399_999)).to.equal(undefined);
  });

  it('publishes, waits the cache age, promotes, waits the last token, retires', () => {
    const start = first();
    const t0 = 86_400_000;
    const published = step(start, t0);
    expect(typesOf(published)).to.deep.equal(['key.published']);
    const one = must(published);
    expect(kidOf(one, 'active')).to.equal(kidOf(start, 'active'));
    const seen = must(step(one, t0));
    expect(seen.keys.find(({ state }) => state === 'next')).to.include({ confirmed_at_ms: t0 });
    expect(step(seen, t0 + 59_999)).to.equal(undefined);

    const promoted = step(seen, t0 + 60_000);
    expect(typesOf(promoted)).to.deep.equal(['key.activated']);
    const two = must(promoted);
    expect(kidOf(two, 'active')).to.equal(kidOf(one, 'next'));
    expect(kidOf(two, 'previous')).to.equal(kidOf(start, 'active'));
    expect(step(two, t0 + 60_000 + 329_999)).to.equal(undefined);

    const retired = step(two, t0 + 60_000 + 330_000);
    expect(typesOf(retired)).to.deep.equal(['key.retired']);
    const three = must(retired);
    expect(kidOf(three, 'retired')).to.equal(kidOf(start, 'active'));
    expect(three.keys.find((key) => key.state === 'retired')).to.not.have.property(
      'sealed_private_key',
    );
    expect(three.generation).to.equal(5);
    expect(step(three, t0 + 60_000 + 330_000)).to.equal(undefined);
  });

  it('publishes when asked, and clears the wish', () => {
    const asked = must(requestRotation(first(), 5, SERVICE_ITSELF));
    expect(asked.rotation_requested_at_ms).to.equal(5);
    const published = must(step(asked, 6));
    expect(published).to.not.have.property('rotation_requested_at_ms');
    expect(kidOf(published, 'next')).to.be.a('string');
  });

  it('asks for no second rotation while one is asked for or under way', () => {
    const asked = must(requestRotation(first(), 5, SERVICE_ITSELF));
    expect(requestRotation(asked, 6, SERVICE_ITSELF)).to.equal(undefined);
    expect(requestRotation(must(step(asked, 6)), 7, SERVICE_ITSELF)).to.equal(undefined);
  });

  it('rotates when another algorithm is configured', () => {
    expect(nextRotationStep(first(), 1, { ...SCHEDULE, alg: 'RS256' })).to.equal('publish');
  });

  it('refuses a keyring without an active key', () => {
    expect(() => step({ generation: 1, keys: [newKey()] }, 1)).to.throw(/no active key/);
  });

  it('keeps the last 20 ended keys', () => {
    let document = first();
    let nowMs = 0;
    for (let rotation = 0; rotation < 30; rotation++) {
      document = must(requestRotation(document, nowMs, SERVICE_ITSELF));
      for (const waitMs of [0, 0, 60_000, 330_000]) {
        nowMs += waitMs;
        document = must(step(document, nowMs));
      }
    }
    expect(document.keys.map((key) => key.state)).to.have.length(21);
    expect(document.keys.filter((key) => key.state === 'retired')).to.have.length(20);
  });
});

describe('key revocation', () => {
  const cause = { principal: { kind: 'admin', id: 'root' }, requestId: 'req_1', reason: 'leak' };
  const options = { ...cause, newKey } as typeof cause & {
    principal: { kind: 'admin'; id: string };
    newKey: () => KeyRecord;
  };
  const revoke = (document: KeyringDocument, kid = ''): KeyringPlan | undefined =>
    revokeKey(document, kid, 77, options);

  it('replaces an active key by a new one when there is no next', () => {
    const start = first();
    const plan = revoke(start, kidOf(start, 'active'));
    expect(typesOf(plan)).to.deep.equal(['key.revoked', 'key.published', 'key.activated']);
    const next = must(plan);
    expect(kidOf(next, 'revoked')).to.equal(kidOf(start, 'active'));
    expect(kidOf(next, 'active')).to.not.equal(kidOf(start, 'active'));
    const revoked = next.keys.find((key) => key.state === 'revoked');
    expect(revoked).to.include({ revoked_at_ms: 77 }).and.not.have.property('sealed_private_key');
  });

  it('promotes the next key at once when the active one is revoked', () => {
    const one = must(step(must(requestRotation(first(), 1, SERVICE_ITSELF)), 1));
    const plan = revoke(one, kidOf(one, 'active'));
    expect(typesOf(plan)).to.deep.equal(['key.revoked', 'key.activated']);
    expect(kidOf(must(plan), 'active')).to.equal(kidOf(one, 'next'));
    expect(kidOf(must(plan), 'next')).to.equal(undefined);
  });

  it('leaves the active key alone when another one is revoked', () => {
    const one = must(step(must(requestRotation(first(), 1, SERVICE_ITSELF)), 1));
    const plan = revoke(one, kidOf(one, 'next'));
    expect(typesOf(plan)).to.deep.equal(['key.revoked']);
    expect(kidOf(must(plan), 'active')).to.equal(kidOf(one, 'active'));
  });

  it('says who revoked what and why', () => {
    const start = first();
    const kid = kidOf(start, 'active');
    expect(revoke(start, kid)?.events[0]).to.deep.equal({
      type: 'key.revoked',
      kid,
      principal: { kind: 'admin', id: 'root' },
      request_id: 'req_1',
      detail: { alg: 'ES256', reason: 'leak' },
    });
  });

  it('plans nothing for an unknown key or one that ended', () => {
    const start = first();
    expect(revoke(start, 'unknown')).to.equal(undefined);
    const once = must(revoke(start, kidOf(start, 'active')));
    expect(revoke(once, kidOf(start, 'active'))).to.equal(undefined);
  });
});

describe('I7: a rotation interrupted anywhere', () => {
  type Move = 'wait' | 'step' | 'lost' | 'stale' | 'request' | 'revoke';
  const moves = fc.array(
    fc.record({
      move: fc.constantFrom<Move>('wait', 'step', 'step', 'lost', 'stale', 'request', 'revoke'),
      waitMs: fc.integer({ min: 0, max: 200_000 }),
      which: fc.nat({ max: 30 }),
    }),
    { minLength: 1, maxLength: 80 },
  );

  it('always has one signing key, waits as it must, and never ends a key with a living token', () => {
    fc.assert(
      fc.property(moves, (script) => {
        let document = first();
        let older = document;
        let nowMs = 0;
        /** When the last token of each key may expire, and which keys were revoked on purpose. */
        const lastExpiryMs = new Map<string, number>();
        const revoked = new Set<string>();
        for (const { move, waitMs, which } of script) {
          nowMs += waitMs;
          const signing = kidOf(document, 'active') ?? '';
          lastExpiryMs.set(signing, nowMs + 300_000);
          const before = document;
          let plan: KeyringPlan | undefined;
          let forced = false;
          if (move === 'step') plan = step(document, nowMs);
          if (move === 'lost') step(document, nowMs); // crashed before the write
          if (move === 'request') plan = requestRotation(document, nowMs, SERVICE_ITSELF);
          if (move === 'revoke') {
            const target = document.keys[which % document.keys.length];
            plan = revokeKey(document, target?.kid ?? '', nowMs, { ...SERVICE_ITSELF, newKey });
            if (plan && target) revoked.add(target.kid);
            forced = target?.kid === signing;
          }
          if (move === 'stale') plan = step(older, nowMs); // planned from an older keyring
          const wins = plan?.next.generation === document.generation + 1;
          if (plan && wins) {
            older = document;
            document = plan.next;
          }
          check(before, document, nowMs, { lastExpiryMs, revoked, forced });
        }
        // Left alone, it comes to rest: one key, or one more that is younger than a rotation.
        for (let rest = 0; rest < 10; rest++) {
          document = step(document, nowMs)?.next ?? document;
          nowMs += 400_000;
        }
        const living = document.keys.filter((key) => key.sealed_private_key !== undefined);
        return living.length === 1 && living[0]?.state === 'active';
      }),
      { numRuns: 200 },
    );
  });

  function check(
    before: KeyringDocument,
    after: KeyringDocument,
    nowMs: number,
    known: {
      readonly lastExpiryMs: ReadonlyMap<string, number>;
      readonly revoked: ReadonlySet<string>;
      readonly forced: boolean;
    },
  ): void {
    const active = after.keys.filter((key) => key.state === 'active');
    expect(active, 'one active key').to.have.length(1);
    expect(active[0]?.sealed_private_key, 'that can sign').to.be.a('string');
    expect(after.keys.filter((key) => key.state === 'next').length, 'next').to.be.at.most(1);
    const successor = before.keys.find((key) => key.kid === active[0]?.kid);
    if (successor?.state === 'next' && !known.forced) {
      expect(nowMs - successor.published_at_ms, 'published').to.be.at.least(60_000);
      const confirmedAtMs = successor.confirmed_at_ms ?? Number.NaN;
      expect(nowMs - confirmedAtMs, 'confirmed').to.be.at.least(60_000);
    }
    for (const [kid, expiryMs] of known.lastExpiryMs) {
      if (expiryMs < nowMs || known.revoked.has(kid)) continue;
      const record = after.keys.find((key) => key.kid === kid);
      expect(record?.state, 'a key with a living token').to.be.oneOf(['active', 'previous']);
    }
    for (const key of after.keys) {
      const ended = key.state === 'revoked' || key.state === 'retired';
      expect(key.sealed_private_key === undefined, key.state).to.equal(ended);
    }
  }
});
