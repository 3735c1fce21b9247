import { expect } from 'chai';
import fc from 'fast-check';
import type { AuditEvent } from '../../../src/domain/audit.js';
import { assertNoSecrets, redactEvent } from '../../../src/audit/redaction.js';
import { event } from './fakes.js';

const CANARIES: Readonly<Record<string, string>> = {
  'agent secret': `csk_${'A1'.repeat(24)}b`,
  'resource server secret': `csr_${'Z9'.repeat(24)}b`,
  'admin token': `csa_${'q7'.repeat(24)}b`,
  'access token': `eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJjcmF3bGVyIn0.${'s'.repeat(86)}`,
  'webhook key': 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  'private key': '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\n',
  'basic credential': 'Basic Y3Jhd2xlcjpjc2tfc2VjcmV0c2VjcmV0',
  'bearer credential': 'Bearer abcdefghijklmnop',
};

function canary(name: string): string {
  return CANARIES[name] ?? '';
}

describe('audit redaction', () => {
  for (const [name, secret] of Object.entries(CANARIES)) {
    it(`lets no ${name} through, wherever it stands`, () => {
      const dirty: AuditEvent[] = [
        event({ declared_reason: `please use ${secret} now` }),
        event({ agent_id: secret }),
        event({ scopes_requested: ['read:a:b', secret] }),
        event({ removed: [{ scope: secret, rule: 'r', reason: secret }] }),
        event({ detail: { deep: [{ deeper: { text: `x${secret}` } }] } }),
        event({ detail: { [secret]: 1 } }),
      ];
      for (const item of dirty) {
        const clean = redactEvent(item);
        expect(clean.redacted).to.equal(true);
        expect(JSON.stringify(clean.event)).not.to.contain(JSON.stringify(secret).slice(1, -3));
        expect(() => {
          assertNoSecrets(item);
        })
          .to.throw('contains a secret')
          .with.property('message')
          .that.does.not.contain(secret);
      }
    });
  }

  it('takes out members that are not of an event, and values that stand under the name of a secret', () => {
    const dirty = { ...event(), password: 'hunter2', detail: { client_secret: 'hunter2', ok: 1 } };
    const clean = redactEvent(dirty);
    expect(JSON.stringify(clean.event)).not.to.contain('hunter2');
    expect(clean.event).to.deep.equal(event({ detail: { client_secret: '[redacted]', ok: 1 } }));
  });

  it('leaves an ordinary event as it is', () => {
    const clean = event({
      jti: 'jti_17_0123456789abcdefghjkmnpqrs',
      input_digest: 'f'.repeat(64),
      removed: [{ scope: 'write:a:b', rule: 'ttl', reason: 'too risky' }],
      detail: { by: 'token', value: 'jti_1', secret_id: 'sec_1', active: 3, none: null, ok: true },
    });
    expect(redactEvent(clean)).to.deep.equal({ event: clean, redacted: false });
    expect(() => {
      assertNoSecrets(clean);
    }).not.to.throw();
  });

  it('keeps __proto__ a plain member', () => {
    const hostile = JSON.parse('{"__proto__": {"polluted": true}}') as Record<string, unknown>;
    const clean = redactEvent(event({ detail: hostile })).event;
    expect(Object.hasOwn(clean.detail ?? {}, '__proto__')).to.equal(true);
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
  });

  it('lets no secret through whatever JSON it is buried in', () => {
    const secret = canary('agent secret');
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 6 }),
        fc.string(),
        fc.string({ unit: fc.constantFrom(' ', '"', '\n', ':', '/', 'é') }),
        (json, name, around) => {
          const detail = { [name]: json, at: [{ at: `${around}${secret}${around}` }] };
          expect(JSON.stringify(redactEvent(event({ detail })).event)).not.to.contain(secret);
        },
      ),
    );
  });
});
