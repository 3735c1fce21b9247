import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { expect } from 'chai';
import { CODECS, jwtPart, tokenAsk, tokenOf } from './asks.js';
import { useTableService } from './table-service.js';

const ISSUER = 'https://auth.example:8443/tenant';

/** RFC 7515 with nothing but node:crypto: what any resource server would do. */
function signatureHolds(token: string, jwk: JsonWebKey, alg: string): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const encoding = alg === 'ES256' ? ({ dsaEncoding: 'ieee-p1363' } as const) : {};
  const signed = Buffer.from(`${header}.${payload}`);
  return verify('sha256', signed, { key, ...encoding }, Buffer.from(signature, 'base64url'));
}

for (const alg of ['ES256', 'RS256'] as const) {
  describe(`tokens, keys and metadata with ${alg}`, () => {
    const table = useTableService(() => ({
      overrides: { 'tokens.signing_alg': alg, issuer: ISSUER },
    }));
    const get = (path: string) => table().service.http.send('GET', path);

    for (const codec of CODECS) {
      it(`${codec}: the token verifies with the published key, and its header has three members`, async () => {
        const { http, agent, resourceServer: basic } = table().service;
        const token = tokenOf(await http.send('POST', '/token', tokenAsk(codec, agent)));
        const header = jwtPart(token, 0);
        const { keys } = (await get('/jwks')).json() as { keys: (JsonWebKey & { kid: string })[] };
        const mine = keys.filter(({ kid }) => kid === header['kid']);
        expect(mine).to.have.length(1);
        expect(header).to.deep.equal({ alg, typ: 'at+jwt', kid: mine[0]?.kid });
        expect(mine[0]).to.include({ alg, use: 'sig' });
        expect(signatureHolds(token, mine[0] ?? {}, alg)).to.equal(true);
        const [head, , signature] = token.split('.');
        const other = Buffer.from(JSON.stringify({ ...jwtPart(token, 1), scope: '*' }));
        const altered = [head, other.toString('base64url'), signature].join('.');
        expect(signatureHolds(altered, mine[0] ?? {}, alg)).to.equal(false);
        expect(jwtPart(token, 1)).to.include({ iss: ISSUER, sub: agent[0], client_id: agent[0] });
        const seen = await http.send('POST', '/introspect', { basic, form: { token } });
        expect(seen.json()).to.include({ active: true, iss: ISSUER });
      });
    }

    it('publishes no private member', async () => {
      const { keys } = (await get('/jwks')).json() as { keys: Record<string, unknown>[] };
      expect(keys).not.to.deep.equal([]);
      for (const key of keys) {
        expect(key).not.to.have.any.keys('d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k');
      }
    });

    it('RFC 8414: the issuer is what tokens carry, byte for byte, and no list is empty', async () => {
      const answer = await get('/.well-known/oauth-authorization-server/tenant');
      expect(answer.status).to.equal(200);
      expect(answer.text).to.include(`"issuer":${JSON.stringify(ISSUER)}`);
      const document = answer.json();
      for (const [name, value] of Object.entries(document)) {
        if (Array.isArray(value)) expect(value, name).not.to.deep.equal([]);
        else
          expect(value, name)
            .to.be.a('string')
            .and.match(/^https:\/\/auth\.example:8443\/tenant/);
      }
      expect(document['grant_types_supported']).to.deep.equal(['client_credentials']);
      expect(document).to.include.keys(
        'token_endpoint_auth_signing_alg_values_supported',
        'revocation_endpoint_auth_signing_alg_values_supported',
      );
    });
  });
}
