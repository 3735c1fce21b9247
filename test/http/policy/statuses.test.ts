import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import { BUNDLE, OVERVIEW } from '../../support/fake-policy.js';
import { useFakeService } from '../../support/http-listeners.js';

const POLICY = '/admin/v1/policy';

describe('/admin/v1/policy', () => {
  const service = useFakeService();
  const last = (operation: string): readonly unknown[] =>
    service().operations.last(operation).arguments;

  it('200: who decides, what is on trial, how the nodes are; equal after a reload', async () => {
    const { active, bundle, source, nodes } = OVERVIEW;
    const { salt, ...canary } = OVERVIEW.canary ?? { salt: '' };
    for (const [method, path] of [
      ['GET', POLICY],
      ['POST', `${POLICY}/reload`],
    ] as const) {
      const answer = await service().client.admin(method, path);
      expect(answer.status).to.equal(200);
      expect(answer.json()).to.deep.include({
        ...{ revision: active.revision, digest: active.digest, activated_at_ms: active.since_ms },
        ...{ sequence: bundle.sequence, source: bundle.source, generation: 3, canary, nodes },
        last_refusal: source.last_refusal,
      });
      expect(answer.text).not.to.contain(salt);
    }
  });

  it('409: a bundle was refused, with every problem', async () => {
    const problems = [{ pointer: '/module', message: 'http.send' }];
    service().operations.adminFails = new CountersignError('bundle_refused', 'No.', { problems });
    const answer = await service().client.admin('POST', `${POLICY}/reload`);
    expect(answer.status).to.equal(409);
    expect(answer.json()).to.deep.include({ error: 'bundle_refused', problems });
  });

  it('201: keeps what is pushed, as bytes', async () => {
    const bytes = Buffer.from([0x1f, 0x8b, 0, 255]);
    const answer = await service().client.admin('POST', `${POLICY}/bundles`, {
      body: bytes,
      headers: { 'content-type': 'application/gzip' },
    });
    expect(answer.status, answer.text).to.equal(201);
    expect(answer.json()).to.deep.equal(BUNDLE);
    expect(Buffer.from(last('policy.push')[0] as Uint8Array).equals(bytes)).to.equal(true);
  });

  it('takes an archive far over the limit of other bodies, and 413 over its own', async () => {
    const send = (bytes: number): ReturnType<ReturnType<typeof service>['client']['admin']> =>
      service().client.admin('POST', `${POLICY}/bundles`, {
        body: Buffer.alloc(bytes),
        headers: { 'content-type': 'application/gzip' },
      });
    expect((await send(1_000_000)).status).to.equal(201);
    expect((await send(16 * 1024 * 1024 + 1)).status).to.equal(413);
  });

  it('415: a bundle is not JSON', async () => {
    const answer = await service().client.admin('POST', `${POLICY}/bundles`, { json: {} });
    expect(answer.status).to.equal(415);
  });

  it('200: lists, shows and admits bundles', async () => {
    const list = await service().client.admin('GET', `${POLICY}/bundles`);
    expect(list.json()).to.deep.equal({ items: [BUNDLE] });
    const one = await service().client.admin('GET', `${POLICY}/bundles/rev-1`);
    expect(one.json()).to.deep.equal(BUNDLE);
    const tried = await service().client.admin('POST', `${POLICY}/bundles/${BUNDLE.digest}/admit`);
    expect(tried.json()).to.deep.equal(BUNDLE);
    expect(last('policy.admit').slice(0, 2)).to.deep.equal([BUNDLE.digest, {}]);
  });

  it('200: admits, activates and tries an untested bundle only when that is asked', async () => {
    const { client } = service();
    const path = `${POLICY}/bundles/rev-1`;
    await client.admin('POST', `${path}/admit?allow_untested=true`);
    expect(last('policy.admit')[1]).to.deep.equal({ allowUntested: true });
    const refused = await client.admin('POST', `${path}/admit?allow_untested=yes`);
    expect(refused.status).to.equal(400);
    const json = { allow_untested: true };
    await client.admin('POST', `${path}/activate`, { json });
    expect(last('policy.activate')[1]).to.deep.equal({ allowNewGrants: 0, allowUntested: true });
    await client.admin('POST', `${path}/shadow`, { json });
    expect(last('policy.startTrial')[1]).to.deep.equal({ role: 'shadow', allowUntested: true });
  });

  it('200: takes the smallest accepted coverage in percent', async () => {
    const { client } = service();
    const json = { min_coverage_percent: 25 };
    await client.admin('POST', `${POLICY}/bundles/rev-1/activate`, { json });
    expect(last('policy.activate')[1]).to.deep.equal({ allowNewGrants: 0, minCoverage: 0.25 });
    const wrong = { min_coverage_percent: 101 };
    const answer = await client.admin('POST', `${POLICY}/bundles/rev-1/activate`, { json: wrong });
    expect(answer.status).to.equal(400);
  });

  it('200: activates with no new grants unless they are allowed', async () => {
    const path = `${POLICY}/bundles/rev-1/activate`;
    await service().client.admin('POST', path, { json: {} });
    expect(last('policy.activate').slice(0, 2)).to.deep.equal(['rev-1', { allowNewGrants: 0 }]);
    await service().client.admin('POST', path, { json: { allow_new_grants: 7, reason: 'meant' } });
    expect(last('policy.activate')[1]).to.deep.equal({ allowNewGrants: 7, reason: 'meant' });
  });

  it('200: begins and ends trials', async () => {
    const { client } = service();
    await client.admin('POST', `${POLICY}/bundles/rev-1/shadow`, { json: {} });
    expect(last('policy.startTrial')[1]).to.deep.equal({ role: 'shadow' });
    await client.admin('POST', `${POLICY}/bundles/rev-1/canary`, { json: { percent: 5 } });
    const order = { role: 'canary', percent: 5, allowNewGrants: 0 };
    expect(last('policy.startTrial')[1]).to.deep.equal(order);
    expect((await client.admin('DELETE', `${POLICY}/canary`)).status).to.equal(200);
    expect((await client.admin('DELETE', `${POLICY}/shadow`)).status).to.equal(200);
    expect(last('policy.endTrial')[0]).to.equal('shadow');
  });

  it('200: rolls back, with a reason', async () => {
    const path = `${POLICY}/rollback`;
    await service().client.admin('POST', path, { json: { reason: 'too strict' } });
    expect(last('policy.rollback')[0]).to.deep.equal({ reason: 'too strict' });
    expect((await service().client.admin('POST', path, { json: {} })).status).to.equal(400);
  });

  for (const percent of [0, 100, -5, 2.5, '5'])
    it(`400: a canary of ${JSON.stringify(percent)} percent`, async () => {
      const path = `${POLICY}/bundles/rev-1/canary`;
      const answer = await service().client.admin('POST', path, { json: { percent } });
      expect(answer.status).to.equal(400);
    });

  it('404: no such bundle, no such trial', async () => {
    service().operations.adminFails = new CountersignError('not_found', 'None.');
    for (const [method, path] of [
      ['GET', `${POLICY}/bundles/none`],
      ['DELETE', `${POLICY}/canary`],
    ] as const) {
      expect((await service().client.admin(method, path)).status).to.equal(404);
    }
  });
});
