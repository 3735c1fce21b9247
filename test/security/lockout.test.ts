import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { mintSecret } from '../../src/registry/secret.js';
import { tokenAsk, tokenOf } from '../http/table/asks.js';
import { until } from '../support/episode.js';
import { registerAgent, useTableService, type Client } from '../http/table/table-service.js';
import type { Answer, Ask } from '../support/http.js';

const ISSUER = 'http://127.0.0.1:8484';
const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const GRANTS = [{ resource: 'stripe', scopes: ['read_invoices'] }];
/** Failures of a flood after the first that found the source over its budget: it stays so for a minute. */
const MORE = 120;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a stranger at the address of honest agents locks none of them out', () => {
  const table = useTableService();
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  let honest: Client;

  before(async function () {
    this.timeout(60_000);
    const { http } = table().service;
    const jwk = { ...publicKey.export({ format: 'jwk' }), kty: 'EC', kid: 'k1', alg: 'ES256' };
    honest = await registerAgent(http, { id: 'honest', grants: GRANTS });
    await registerAgent(http, { id: 'keyed', grants: GRANTS, jwks: { keys: [jwk] } });
    // A store that has just started accepts none yet.
    await until('an assertion is accepted', async () => {
      return (await send(assertion('keyed'))).status === 200;
    });
    let braked = 0;
    for (let i = 0; braked < MORE; i++) {
      const guess = [`stranger-${String(i)}`, mintSecret('agent').secret] as const;
      const { status } = await send(tokenAsk('json', guess));
      expect(status).to.equal(braked === 0 && status === 401 ? 401 : 429);
      if (status === 429) braked++;
    }
  });

  const send = (ask: Ask, path = '/token'): Promise<Answer> =>
    table().service.http.send('POST', path, ask);

  function assertion(id: string, key = privateKey): Ask {
    const iat = Math.floor(Date.now() / 1000) + 1;
    const claims = { iss: id, sub: id, aud: ISSUER, iat, exp: iat + 60, jti: randomUUID() };
    const text = `${encode({ alg: 'ES256', kid: 'k1' })}.${encode(claims)}`;
    const signature = createSign('sha256').update(text).sign({ key, dsaEncoding: 'ieee-p1363' });
    const client_assertion = `${text}.${signature.toString('base64url')}`;
    return tokenAsk('json', undefined, { client_assertion, client_assertion_type: TYPE });
  }

  it('an agent with its secret gets a token', async () => {
    tokenOf(await send(tokenAsk('json', honest)));
  });

  it('an agent without a cached record gets a token: its record is read', async () => {
    const unread = await registerAgent(table().service.http, { id: 'unread', grants: GRANTS });
    tokenOf(await send(tokenAsk('json', unread)));
  });

  it('an agent with private_key_jwt gets a token', async () => {
    tokenOf(await send(assertion('keyed')));
  });

  it('the agent with the guessed id gets a token with its secret', async () => {
    for (let i = 0; i < 30; i++) {
      const answer = await send(tokenAsk('json', [honest[0], mintSecret('agent').secret]));
      expect(answer.status).to.equal(429);
      expect(answer.headers['retry-after']).to.match(/^[1-9][0-9]*$/);
    }
    tokenOf(await send(tokenAsk('json', honest)));
  });

  it('honest agents get tokens during the flood, with secrets and with assertions', async () => {
    const url = `${table().service.publicUrl}/token`;
    const post = async ({ basic, json }: Ask): Promise<number> => {
      const authorization =
        basic === undefined
          ? {}
          : { authorization: `Basic ${Buffer.from(basic.join(':')).toString('base64')}` };
      const headers = { 'content-type': 'application/json', ...authorization };
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(json) });
      await answer.arrayBuffer();
      return answer.status;
    };
    // On a machine that is too slow for the flood an assertion may be late in the lane, and comes again.
    const postUntilServed = async (tries = 5): Promise<number> => {
      const status = await post(assertion('keyed'));
      return status === 429 && tries > 1 ? postUntilServed(tries - 1) : status;
    };
    let flooding = true;
    const flood = Array.from({ length: 8 }, async (_, lane) => {
      for (let i = 0; flooding; i++) {
        const id = `flood-${String(lane)}-${String(i)}`;
        const unknown = tokenAsk('json', [id, mintSecret('agent').secret]);
        expect(await post(lane % 2 === 0 ? unknown : assertion(id, stranger))).to.equal(429);
      }
    });
    try {
      for (let i = 0; i < 8; i++) {
        expect(await post(tokenAsk('json', honest))).to.equal(200);
        expect(await postUntilServed()).to.equal(200);
      }
    } finally {
      flooding = false;
      await Promise.all(flood);
    }
  }).timeout(60_000);

  it('failures at one endpoint slow down no other: guesses at /token do not affect introspection', async () => {
    const { resourceServer } = table().service;
    const form = { token: 'none' };
    const wrong = [resourceServer[0], mintSecret('resource_server').secret] as const;
    expect((await send({ basic: wrong, form }, '/introspect')).status).to.equal(401);
    expect((await send({ basic: resourceServer, form }, '/introspect')).status).to.equal(200);
  });
});
