import { expect } from 'chai';
import fc from 'fast-check';
import type { AuditEvent } from '../../../src/domain/audit.js';
import { CUT_MARK, cutRefusal, REFUSAL_BOUNDS } from '../../../src/domain/refusal.js';
import { saidOf, TERM_NAMES } from '../../../src/domain/signals.js';
import { mintSecret } from '../../../src/registry/secret.js';

/** A refused request with every member as long as a request may have it. */
const text = (most: number): fc.Arbitrary<string> =>
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: most });
const refusal: fc.Arbitrary<AuditEvent> = fc.record({
  type: fc.constant('access.rate_limited' as const),
  principal: fc.constant({ kind: 'agent' as const, id: 'a'.repeat(64) }),
  request_id: fc.constant(`req_${'0'.repeat(26)}`),
  agent_id: fc.constant('a'.repeat(64)),
  session_id: text(256),
  task_id: text(256),
  user_id: text(256),
  declared_reason: text(1024),
  resource: fc.constant('r'.repeat(64)),
  scopes_requested: fc.array(fc.string({ minLength: 1, maxLength: 256 }), { maxLength: 64 }),
  signals: fc.constant(
    saidOf(
      TERM_NAMES.map((name) => ({ name, value: 1e12 / 7, expected: 1e-9 / 7, score: 4.1 / 7 })),
    ),
  ),
});

describe('the event of counted refusals', () => {
  it('takes at most 4,096 bytes, whatever a request brings', () => {
    fc.assert(
      fc.property(refusal, (event) => {
        expect(Buffer.byteLength(JSON.stringify(cutRefusal(event)))).to.be.at.most(3840);
      }),
    );
  });

  it('keeps what is within the bounds, and names what it cut', () => {
    fc.assert(
      fc.property(refusal, (event) => {
        const cut = cutRefusal(event);
        for (const [name, most] of [
          ['session_id', REFUSAL_BOUNDS.id],
          ['task_id', REFUSAL_BOUNDS.id],
          ['user_id', REFUSAL_BOUNDS.id],
          ['declared_reason', REFUSAL_BOUNDS.reason],
        ] as const) {
          const [whole = '', kept = ''] = [event[name], cut[name]];
          const isCut = cut.cut?.includes(name) === true;
          expect(isCut, name).to.equal(whole.length > most);
          if (!isCut) expect(kept).to.equal(whole);
          else expect(kept.length).to.be.at.most(most + CUT_MARK.length);
          expect(whole.startsWith(kept.replace(new RegExp(`${CUT_MARK}$`), ''))).to.equal(true);
          expect(Buffer.from(kept).toString(), 'no half of a surrogate pair').to.equal(kept);
        }
        const scopes = event.scopes_requested ?? [];
        const changed =
          scopes.length > REFUSAL_BOUNDS.scopes ||
          scopes
            .slice(0, REFUSAL_BOUNDS.scopes)
            .some(({ length }) => length > REFUSAL_BOUNDS.scope);
        expect(cut.cut?.includes('scopes_requested') === true).to.equal(changed);
      }),
    );
  });

  it('leaves no half of a credential where the cut goes through one', () => {
    const { secret } = mintSecret('agent');
    for (let before = 0; before < REFUSAL_BOUNDS.reason + 8; before++) {
      const declared_reason = `${'x'.repeat(before)} ${secret}`;
      const event = { type: 'access.denied', principal: { kind: 'agent', id: 'a' } } as const;
      const kept = cutRefusal({ ...event, declared_reason }).declared_reason ?? '';
      expect(kept).not.to.contain(secret.slice(0, 12));
    }
  });
});
