import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import { PROBE_INPUT } from '../../../src/policy/serving/probe.js';
import {
  DIFFERENCE,
  EVALUATED,
  EXPLAINED,
  REPLAY,
  TIGHTENED,
} from '../../support/fake-analysis.js';
import { useFakeService } from '../../support/http-listeners.js';

const POLICY = '/admin/v1/policy';

describe('/admin/v1/policy, what the record tells', () => {
  const service = useFakeService();
  const seen = (operation: string): readonly unknown[] =>
    service().operations.last(operation).arguments;

  it('200: replays through the bundle of the path', async () => {
    const json = { since: '2026-01-01T00:00:00Z', until: '1767225601000', limit: 5, agent: 'a' };
    const path = `${POLICY}/bundles/sha256:abababababab/replay`;
    const answer = await service().client.admin('POST', path, { json });
    expect(answer.json()).to.deep.equal(JSON.parse(JSON.stringify(REPLAY)));
    expect(seen('analysis.replay')[0]).to.deep.equal({
      ref: 'sha256:abababababab',
      sinceMs: 1_767_225_600_000,
      untilMs: 1_767_225_601_000,
      limit: 5,
      agentId: 'a',
    });
  });

  it('200: explains, evaluates, compares and tightens', async () => {
    const { client } = service();
    const explained = await client.admin('GET', `${POLICY}/explain/dec_1`);
    expect(explained.json()).to.deep.equal(JSON.parse(JSON.stringify(EXPLAINED)));
    const json = { bundle: 'r2', input: PROBE_INPUT };
    const evaluated = await client.admin('POST', `${POLICY}/eval`, { json });
    expect(evaluated.json()).to.deep.equal(JSON.parse(JSON.stringify(EVALUATED)));
    expect(seen('analysis.evaluate')).to.deep.equal([{ ref: 'r2', input: PROBE_INPUT }]);
    const differs = await client.admin('GET', `${POLICY}/diff?from=r1&to=r%2F2`);
    expect(differs.json()).to.deep.equal(JSON.parse(JSON.stringify(DIFFERENCE)));
    expect(seen('analysis.diff')).to.deep.equal(['r1', 'r/2']);
    const since = { json: { since: '1767225600000', agent: 'a' } };
    const tightened = await client.admin('POST', `${POLICY}/tighten`, since);
    expect(tightened.json()).to.deep.equal(JSON.parse(JSON.stringify(TIGHTENED)));
  });

  it('400: a time that is none, a limit out of bounds, an unknown member, no input, one bundle', async () => {
    const asks: readonly (readonly [string, string, unknown])[] = [
      ['POST', `${POLICY}/bundles/r2/replay`, { since: 'yesterday' }],
      ['POST', `${POLICY}/bundles/r2/replay`, { since: '1', limit: 1_000_001 }],
      ['POST', `${POLICY}/bundles/r2/replay`, { since: '1', allow: 3 }],
      ['POST', `${POLICY}/eval`, { bundle: 'r2' }],
      ['POST', `${POLICY}/eval`, { input: [] }],
      ['POST', `${POLICY}/tighten`, {}],
      ['GET', `${POLICY}/diff?from=r1`, undefined],
    ];
    for (const [method, path, json] of asks) {
      const answer = await service().client.admin(method, path, json === undefined ? {} : { json });
      expect(answer.status, `${path} ${JSON.stringify(json)}`).to.equal(400);
    }
    expect(service().operations.seen).to.deep.equal([]);
  });

  it('404 and 409: no such decision, several bundles of this name', async () => {
    service().operations.adminFails = new CountersignError('not_found', 'None.');
    const missing = await service().client.admin('GET', `${POLICY}/explain/dec_9`);
    expect(missing.status).to.equal(404);
    service().operations.adminFails = new CountersignError('conflict', 'Several.');
    const several = await service().client.admin('GET', `${POLICY}/diff?from=a&to=b`);
    expect(several.status).to.equal(409);
  });
});
