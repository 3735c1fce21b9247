import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { createLogger } from '../../../src/telemetry/log.js';
import { maskLogText } from '../../../src/domain/secrets/mask.js';
import { redact } from '../../../src/telemetry/redaction.js';
import { mintSecret } from '../../../src/registry/secret.js';

const JWT = `eyJhbGciOiJFUzI1NiJ9.${Buffer.from('{"sub":"canary"}').toString('base64url')}.c2lnbmF0dXJlLWNhbmFyeQ`;
const PEM = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const PEM_BODY = PEM.split('\n')[1] ?? 'none';

/** Each canary, and the part of it that must not get out. */
const CANARIES: readonly (readonly [name: string, text: string, never: string])[] = [
  ...(['agent', 'resource_server', 'admin'] as const).map((kind) => {
    const { secret } = mintSecret(kind);
    return [`${kind} secret`, secret, secret.slice(4, 20)] as const;
  }),
  ['JWT', JWT, 'c2lnbmF0dXJlLWNhbmFyeQ'],
  ['webhook secret', 'whsec_Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5', 'Y2FuYXJ5Y2FuYXJ5'],
  ['Basic credentials', 'Basic ZGVtbzpjYW5hcnktc2VjcmV0', 'ZGVtbzpjYW5hcnktc2VjcmV0'],
  ['Bearer token', 'Bearer opaque-canary-token-1234', 'opaque-canary-token-1234'],
  ['client_secret of a form', 'client_id=a&client_secret=canary-abc&x=1', 'canary-abc'],
  ['client_assertion of a form', 'client_assertion=canary-abc', 'canary-abc'],
  ['member of a JSON text', '{"client_secret":"canary-abc","a":1}', 'canary-abc'],
  ['password of a URL', 'rediss://cs:canary-abc@redis.example.com:6379', 'canary-abc'],
  ['private key', PEM, PEM_BODY],
  ['development key', `dev:${'Ab3/'.repeat(10)}Ab3=`, 'Ab3/Ab3/'],
];

function logged(fields: object, message = 'said'): string {
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', write: (line) => void lines.push(line) });
  log.info(fields, message);
  const [line = ''] = lines;
  JSON.parse(line);
  return line;
}

describe('a log line', () => {
  for (const [name, text, never] of CANARIES) {
    it(`never holds a ${name}`, () => {
      const error = new Error(`failed with ${text}`, { cause: new Error(text) });
      const lines = [
        logged({ any: text }),
        logged({ deep: { list: [{ text: `before ${text} after` }] } }),
        logged({ quoted: JSON.stringify({ body: text }) }),
        logged({}, `message with ${text}`),
        logged({ err: error }),
        logged(error),
        logged({ [text]: 'as a key' }),
      ];
      for (const line of lines) expect(line).not.to.contain(never);
      expect(lines[0]).to.contain('[redacted]');
    });
  }

  it('never holds what a member named like a credential holds', () => {
    const names = ['client_secret', 'clientSecret', 'Authorization', 'adminToken', 'password'];
    for (const name of [
      ...names,
      'set-cookie',
      'keyEncryptionKey',
      'token',
      'sealed_private_key',
    ]) {
      expect(logged({ outer: { [name]: 'plain canary' } }), name).not.to.contain('plain canary');
      expect(logged({ [name]: ['plain canary'] }), name).not.to.contain('plain canary');
    }
  });

  it('never holds the private members of a JWK or raw bytes', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = privateKey.export({ format: 'jwk' });
    const line = logged({ jwk, key: Buffer.from('canary bytes') });
    expect(line).to.contain(jwk.x).and.contain('[12 bytes]');
    expect(line).not.to.contain(jwk.d);
    expect(line).not.to.contain('canary');
  });

  it('keeps what is no secret', () => {
    const fields = {
      jti: 'jti_17_0123456789abcdefghjkmnpqrs',
      type: 'token.introspected',
      by: 'token',
      secret_id: 'sec_0123',
      tokens: 5,
      input_digest: `sha256:${'ab'.repeat(32)}`,
      url: 'http://127.0.0.1:8484/oauth2/token',
      detail: 'basic checks passed',
    };
    expect(redact(fields)).to.deep.equal(fields);
  });

  it('is one line of JSON whatever is logged', function () {
    this.timeout(30_000);
    const circular: Record<string, unknown> = { a: 1 };
    circular['self'] = circular;
    expect(logged(circular)).to.contain('[circular]');
    fc.assert(
      fc.property(fc.object({ maxDepth: 4 }), fc.string(), (fields, message) => {
        expect(logged(fields, message).trimEnd()).not.to.contain('\n');
      }),
      { numRuns: 100 },
    );
  });

  it('holds no minted secret, wherever in a text it stands', function () {
    this.timeout(30_000);
    const around = fc.string({ unit: fc.constantFrom(' ', '"', '\\', '/', ':', '{', 'é', '\n') });
    fc.assert(
      fc.property(around, around, (before, after) => {
        const { secret } = mintSecret('agent');
        expect(maskLogText(before + secret + after)).not.to.contain(secret.slice(4));
        expect(logged({ text: before + secret + after })).not.to.contain(secret.slice(4));
      }),
      { numRuns: 100 },
    );
  });

  it('has a time, a level and a message, and only from the level on', () => {
    const lines: string[] = [];
    const log = createLogger({ level: 'warn', write: (line) => void lines.push(line) });
    log.info({ a: 1 }, 'not written');
    log.warn({ a: 1 }, 'written');
    expect(lines).to.have.length(1);
    expect(JSON.parse(lines[0] ?? '')).to.include({ level: 'warn', msg: 'written', a: 1 });
    expect(lines[0]).to.match(/"time":"\d{4}-\d\d-\d\dT/);
  });
});
