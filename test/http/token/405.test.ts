import { expect } from 'chai';
import { useFakeService } from '../../support/http-listeners.js';

describe('/token → 405', () => {
  const service = useFakeService();

  for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD']) {
    it(`refuses ${method} and names what is allowed`, async () => {
      const answer = await service().client.send(method, '/token');
      expect(answer.status).to.equal(405);
      expect(answer.headers['allow']).to.equal('POST, OPTIONS');
      if (method !== 'HEAD') expect(answer.json()['error']).to.equal('method_not_allowed');
    });
  }

  it('answers OPTIONS with what is allowed, and grants no origin anything', async () => {
    const headers = { origin: 'https://evil.example' };
    const answer = await service().client.send('OPTIONS', '/token', { headers });
    expect(answer.status).to.equal(204);
    expect(answer.headers['allow']).to.equal('POST, OPTIONS');
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).to.be
      .empty;
  });
});
