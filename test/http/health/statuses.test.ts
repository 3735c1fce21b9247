import { expect } from 'chai';
import { useFakeService } from '../../support/http-listeners.js';

describe('health of the admin listener, without a token', () => {
  const service = useFakeService();
  const get = (path: string) => service().client.admin('GET', path, { adminToken: undefined });

  it('200: /healthz', async () => {
    expect((await get('/healthz')).json()).to.deep.equal({ status: 'ok' });
  });

  it('200 and 503: /readyz, with each check by name', async () => {
    const check = { name: 'redis', ok: true, detail: 'answers', ms: 1 };
    service().readiness = { ready: true, checks: [check] };
    const up = await get('/readyz');
    expect([up.status, up.json()]).to.deep.equal([200, { status: 'ready', checks: [check] }]);
    service().readiness = { ready: false, checks: [{ ...check, ok: false, detail: 'away' }] };
    const down = await get('/readyz');
    expect(down.status).to.equal(503);
    expect(down.json()['status']).to.equal('not_ready');
  });

  it('200: /metrics as Prometheus text', async () => {
    const answer = await get('/metrics');
    expect(answer.headers['content-type']).to.equal('text/plain; version=0.0.4');
    expect(answer.text).to.equal('up 1\n');
  });
});
