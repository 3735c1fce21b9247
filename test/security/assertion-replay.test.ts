import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { until } from '../support/episode.js';
import { HttpClient, type Ask } from '../support/http.js';
import { CODECS, expectError, jwtPart, tokenAsk, tokenOf, type Codec } from '../http/table/asks.js';
import { accessEvents } from '../http/table/stream-events.js';
import { registerAgent, useTableService } from '../http/table/table-service.js';

const ISSUER = 'http://127.0.0.1:8484';
const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ID = 'keyed';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('assertion replay: private_key_jwt over HTTP', () => {
  const table = useTableService();
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  /** Seconds that answers named, from the first start of Redis and service to the first token. */
  let firstWaitSeconds = Number.NaN;
  before(async function () {
    this.timeout(60_000);
    await register(ID);
    firstWaitSeconds = await accepted(ID);
  });

  async function register(id: string): Promise<void> {
    const jwk = { ...publicKey.export({ format: 'jwk' }), kty: 'EC', kid: 'k1', alg: 'ES256' };
    const grants = [{ resource: 'stripe', scopes: ['read_invoices'] }];
    await registerAgent(table().service.http, { id, grants, jwks: { keys: [jwk] } });
  }

  const now = () => Math.floor(Date.now() / 1000);
  function assertion(
    claims: Readonly<Record<string, unknown>> = {},
    id = ID,
    key = privateKey,
  ): string {
    // A second ahead, within the skew: an epoch that began in this very second must not refuse it.
    const iat = now() + 1;
    const payload = { iss: id, sub: id, aud: ISSUER, iat, exp: iat + 60, jti: randomUUID() };
    const text = `${encode({ alg: 'ES256', kid: 'k1' })}.${encode({ ...payload, ...claims })}`;
    const signature = createSign('sha256').update(text).sign({ key, dsaEncoding: 'ieee-p1363' });
    return `${text}.${signature.toString('base64url')}`;
  }

  function askWith(codec: Codec, client_assertion: string): Ask {
    return tokenAsk(codec, undefined, { client_assertion, client_assertion_type: TYPE });
  }
  const send = (codec: Codec, text: string) =>
    table().service.http.send('POST', '/token', askWith(codec, text));

  /** Sends new assertions as Retry-After says, and returns how many seconds it said in all. */
  async function accepted(id: string): Promise<number> {
    let waited = 0;
    await until('an assertion is accepted', async () => {
      const answer = await send('json', assertion({}, id));
      if (answer.status === 200) return true;
      expectError(answer, 'json', 503, 'temporarily_unavailable');
      const seconds = Number(answer.headers['retry-after']);
      waited += seconds;
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      return false;
    });
    return waited;
  }

  it('after a first start, the waits that answers name until the first token are at most 10 s', () => {
    // The bound of the product counts these waits, not the time of a busy machine.
    expect(firstWaitSeconds).to.be.at.most(10);
  });

  for (const codec of CODECS) {
    it(`${codec}: a valid assertion gets a token, once, and neither codec takes it again`, async () => {
      const text = assertion();
      const answer = await send(codec, text);
      expect(jwtPart(tokenOf(answer), 1)).to.include({ sub: ID, client_id: ID });
      for (const again of CODECS) {
        expectError(await send(again, text), again, 401, 'invalid_client');
      }
      const event = (await accessEvents(table().redis, ID)).findLast(
        ({ type }) => type === 'access.granted',
      );
      expect(event?.authentication).to.equal('private_key_jwt');
      expect(JSON.stringify(event)).not.to.include(text.split('.')[2]);
    });

    it(`${codec}: a used jti in another assertion is a replay`, async () => {
      const jti = randomUUID();
      tokenOf(await send(codec, assertion({ jti })));
      const iat = now() + 2;
      const again = await send(codec, assertion({ jti, iat, exp: iat + 100 }));
      expectError(again, codec, 401, 'invalid_client');
    });
  }

  it('of two concurrent requests with one assertion exactly one is granted', async () => {
    const { service } = table();
    const { publicUrl, adminUrl, sidecarUrl, adminToken } = service;
    const clients = Array.from(
      { length: 2 },
      () => new HttpClient({ publicUrl, adminUrl, sidecarUrl, adminToken }),
    );
    try {
      for (let round = 0; round < 4; round++) {
        const text = assertion();
        const answers = await Promise.all(
          clients.map((client) => client.send('POST', '/token', askWith('json', text))),
        );
        expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 401]);
      }
    } finally {
      await Promise.all(clients.map((client) => client.close()));
    }
  });

  const wrong: Readonly<Record<string, (id: string) => string>> = {
    'the token endpoint as aud': (id) => assertion({ aud: `${ISSUER}/oauth2/token` }, id),
    'another issuer as aud': (id) => assertion({ aud: 'https://elsewhere.example' }, id),
    'two audiences': (id) => assertion({ aud: [ISSUER, 'https://elsewhere.example'] }, id),
    'another sub': (id) => assertion({ sub: 'demo-agent' }, id),
    'another iss': (id) => assertion({ iss: 'demo-agent' }, id),
    'another key': (id) => assertion({}, id, other),
    'it expired': (id) => assertion({ iat: now() - 100, exp: now() - 1 }, id),
    'a life of hours': (id) => assertion({ exp: now() + 7200 }, id),
    'no exp': (id) => assertion({ exp: undefined }, id),
    'no jti': (id) => assertion({ jti: undefined }, id),
    'no iat': (id) => assertion({ iat: undefined }, id),
  };
  for (const [what, make] of Object.entries(wrong)) {
    it(`refused: ${what}`, async () => {
      // Failures are braked by agent, so each case has a separate one.
      const id = `wrong-${what.replaceAll(' ', '-')}`;
      await register(id);
      for (const codec of CODECS) {
        expectError(await send(codec, make(id)), codec, 401, 'invalid_client');
      }
      tokenOf(await send('json', assertion({}, id)));
    });
  }

  it('refused: issued before the epoch began, since its use may be forgotten', async function () {
    this.timeout(60_000);
    const { redis, service } = table();
    const id = 'epoch';
    await register(id);
    const first = now();
    await until('the second in which the epoch began is over', () => now() > first);
    const iat = now();
    const used = assertion({ iat, exp: iat + 60 }, id);
    const unused = assertion({ iat, exp: iat + 60 }, id);
    tokenOf(await send('json', used));
    await redis.restart();
    await until('the store is back', async () => {
      const basic = service.resourceServer;
      const ask = { basic, form: { token: 'x' } };
      return (await service.http.send('POST', '/introspect', ask)).status === 200;
    });
    expectError(await send('json', unused), 'json', 503, 'temporarily_unavailable');
    expectError(await send('form', used), 'form', 503, 'temporarily_unavailable');
    expect(await accepted(id), 'seconds to wait').to.be.at.most(10);
    // Accepted times have come, and this one is from before.
    expectError(await send('form', used), 'form', 503, 'temporarily_unavailable');
  });
});
