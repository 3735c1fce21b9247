import { expect } from 'chai';
import type { Exchange } from '../../../src/http/exchange.js';
import { expressApp } from '../../../src/http/express-app.js';
import type { Route } from '../../../src/http/route.js';

function open(...paths: readonly string[]): () => void {
  const routes = paths.map((path) => ({ method: 'GET', paths: [path] }) as unknown as Route);
  return () => expressApp(routes, {} as Exchange);
}

describe('order of paths', () => {
  for (const [earlier, later] of [
    ['/agents/{id}', '/agents/search'],
    ['/agents/{id}/keys', '/agents/search/keys'],
    ['/agents/{id}', '/agents/{name}'],
    ['/data/{path+}', '/data/one'],
    ['/data/{path+}', '/data/{id}/rows'],
  ] as const) {
    it(`refuses ${earlier} before ${later}, which would answer 405`, () => {
      expect(open('/other', earlier, later)).to.throw(
        `route ${later} is never reached: list it before ${earlier}`,
      );
    });

    if (!later.includes('{')) {
      it(`accepts ${later} before ${earlier}`, () => {
        expect(open(later, earlier)).not.to.throw();
      });
    }
  }

  for (const [earlier, later] of [
    ['/agents/{id}', '/agents'],
    ['/agents/{id}', '/agents/one/keys'],
    ['/agents/{id}/keys', '/agents/one/secrets'],
    ['/data/{path+}', '/data'],
  ] as const) {
    it(`accepts ${earlier} before ${later}, which it does not match`, () => {
      expect(open(earlier, later)).not.to.throw();
    });
  }
});
