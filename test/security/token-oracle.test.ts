import { createHash, createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { newShardedId } from '../../src/domain/ids.js';
import { mintSecret } from '../../src/registry/secret.js';
import { until } from '../support/episode.js';
import { bytesOf, expectError, jwtPart, tokenAsk, tokenOf } from '../http/table/asks.js';
import {
  registerAgent,
  registerResourceServer,
  useTableService,
  type Client,
} from '../http/table/table-service.js';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const headers = { 'x-request-id': 'one-and-the-same' };

describe('token oracle: introspection and revocation over HTTP', () => {
  const table = useTableService();
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  let foreign: Client;
  before(async () => {
    foreign = await registerResourceServer(table().service.http, 'foreign', ['research-api']);
  });

  const http = () => table().service.http;
  const issue = async (ttl = 300) => {
    const ask = tokenAsk('json', table().service.agent, { ttl });
    return tokenOf(await http().send('POST', '/token', ask));
  };
  const introspect = (token: string, basic: Client = table().service.resourceServer) =>
    http().send('POST', '/introspect', { basic, headers, form: { token } });

  function signed(header: object, payload: object): string {
    const text = `${encode(header)}.${encode(payload)}`;
    const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return `${text}.${createSign('sha256').update(text).sign(key).toString('base64url')}`;
  }

  /** Forgeries of a living token, each of which claims exactly what it claims. */
  function forgeries(token: string): Readonly<Record<string, string>> {
    const [head = '', payload = '', signature = ''] = token.split('.');
    const header = jwtPart(token, 0);
    const claims = jwtPart(token, 1);
    const jwk = publicKey.export({ format: 'jwk' });
    const hmac = (key: string) => {
      const text = `${encode({ ...header, alg: 'HS256' })}.${payload}`;
      return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
    };
    return {
      'alg none': `${encode({ ...header, alg: 'none' })}.${payload}.`,
      'alg none with the signature': `${encode({ ...header, alg: 'none' })}.${payload}.${signature}`,
      'no signature': `${head}.${payload}.`,
      'another key': signed(header, claims),
      'another key, brought along': signed({ ...header, jwk }, claims),
      'another key, by its own kid': signed({ ...header, kid: 'key_1' }, claims),
      'alg HS256 with a public text': hmac(
        publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      ),
      'a wider scope': `${head}.${encode({ ...claims, scope: 'read_invoices create_refund' })}.${signature}`,
      'a longer life': `${head}.${encode({ ...claims, exp: Number(claims['exp']) + 1 })}.${signature}`,
      'another audience': `${head}.${encode({ ...claims, aud: 'https://research-api.demo' })}.${signature}`,
      'a changed signature': `${head}.${payload}.${signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}`,
      'stray text': `${token}.x`,
      'a space before': ` ${token}`,
      'its jti alone': String(claims['jti']),
    };
  }

  it('unknown, expired, foreign, forged, malformed and revoked are one answer, byte for byte', async () => {
    const living = await issue();
    expect((await introspect(living)).json()['active']).to.equal(true);
    const expiring = await issue(1);
    const revoked = await issue();
    const basic = table().service.agent;
    await http().send('POST', '/revoke', { basic, form: { token: revoked } });
    const { exp } = jwtPart(expiring, 1);
    await until('it has expired', () => Date.now() > Number(exp) * 1000);

    const claims = { ...jwtPart(living, 1), jti: newShardedId('jti', 1) };
    const answers: Record<string, Awaited<ReturnType<typeof introspect>>> = {
      foreign: await introspect(living, foreign),
      expired: await introspect(expiring),
      revoked: await introspect(revoked),
      unknown: await introspect(signed(jwtPart(living, 0), claims)),
      malformed: await introspect('nonsense'),
      long: await introspect('x'.repeat(9000)),
      dots: await introspect('...'),
    };
    for (const [what, token] of Object.entries(forgeries(living))) {
      answers[what] = await introspect(token);
    }
    const expected = bytesOf(answers['malformed'] ?? (await introspect('nonsense')));
    for (const [what, answer] of Object.entries(answers)) {
      expect(answer.text, what).to.equal('{"active":false}');
      expect(bytesOf(answer), what).to.equal(expected);
    }
    expect((await introspect(living)).json()['active']).to.equal(true);
  });

  it('revocation answers foreign, forged, unknown and revoked tokens alike, byte for byte', async () => {
    const thief = await registerAgent(http(), { id: 'thief' });
    const revoke = (token: string) =>
      http().send('POST', '/revoke', { basic: thief, headers, form: { token } });
    const living = await issue();
    const revoked = await issue();
    await http().send('POST', '/revoke', {
      basic: table().service.agent,
      form: { token: revoked },
    });
    const own = tokenOf(
      await http().send('POST', '/token', tokenAsk('json', table().service.agent)),
    );
    const answers: Record<string, Awaited<ReturnType<typeof revoke>>> = {
      foreign: await revoke(living),
      'foreign and revoked': await revoke(revoked),
      unknown: await revoke(
        signed(jwtPart(living, 0), { ...jwtPart(living, 1), jti: newShardedId('jti', 1) }),
      ),
      malformed: await revoke('nonsense'),
      long: await revoke('x'.repeat(9000)),
    };
    for (const [what, token] of Object.entries(forgeries(living))) {
      answers[what] = await revoke(token);
    }
    const asHolder = { basic: table().service.agent, headers, form: { token: own } };
    const expected = bytesOf(await http().send('POST', '/revoke', asHolder));
    for (const [what, answer] of Object.entries(answers)) {
      expect(answer.status, what).to.equal(200);
      expect(bytesOf(answer), what).to.equal(expected);
    }
    expect((await introspect(living)).json()['active'], 'it stays active').to.equal(true);
  });

  it('write access to the store does not make a token: a record that fits a forged token is not enough', async () => {
    const token = await issue();
    const jti = String(jwtPart(token, 1)['jti']);
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    const client = new Redis({ path: table().redis.socket });
    try {
      const [key = ''] = await client.keys(`*:token:${jti}`);
      const record = String(await client.get(key));
      expect(record).to.include(sha256(token));
      for (const [what, forged] of Object.entries(forgeries(token))) {
        await client.set(key, record.replace(sha256(token), sha256(forged)), 'KEEPTTL');
        expect((await introspect(forged)).text, what).to.equal('{"active":false}');
      }
      await client.set(key, record, 'KEEPTTL');
      expect((await introspect(token)).json()['active']).to.equal(true);
    } finally {
      client.disconnect();
    }
  });

  it('a resource server sees tokens for its own audiences alone, until it is given more', async () => {
    const own = tokenAsk('json', table().service.agent, {
      resource: 'research-api',
      scope: 'search',
    });
    const token = tokenOf(await http().send('POST', '/token', own));
    expect((await introspect(token, foreign)).json()['active']).to.equal(true);
    expect((await introspect(await issue(), foreign)).text).to.equal('{"active":false}');
  });

  it('an agent cannot introspect, not even its own token', async () => {
    const answer = await introspect(await issue(), table().service.agent);
    expectError(answer, 'form', 401, 'invalid_client');
    expect(answer.text).not.to.include('active');
  });

  it('introspection needs a credential', async () => {
    const form = { token: await issue() };
    const stranger = [table().service.resourceServer[0], mintSecret('resource_server').secret];
    for (const basic of [undefined, stranger as [string, string]]) {
      const ask = basic === undefined ? { form } : { form, basic };
      expectError(await http().send('POST', '/introspect', ask), 'form', 401, 'invalid_client');
    }
  });

  it('a resource server can neither ask for tokens nor revoke', async () => {
    const basic = table().service.resourceServer;
    for (const codec of ['json', 'form'] as const) {
      const answer = await http().send('POST', '/token', tokenAsk(codec, basic));
      expectError(answer, codec, 401, 'invalid_client');
    }
    const token = await issue();
    const revoked = await http().send('POST', '/revoke', { basic, form: { token } });
    expectError(revoked, 'form', 401, 'invalid_client');
    expect((await introspect(token)).json()['active']).to.equal(true);
  });
});
