import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import { SIMULATED } from '../../support/fake-analysis.js';
import { useFakeService } from '../../support/http-listeners.js';

const PATH = '/admin/v1/signals/simulations';
const ASK = { since: '2026-01-01T00:00:00Z', quarantine: 0.95 };

describe(PATH, () => {
  const service = useFakeService();
  const post = (json: unknown) => service().client.admin('POST', PATH, { json });

  it('200: with what is not said left to the defaults', async () => {
    const answer = await post(ASK);
    expect([answer.status, answer.json()]).to.deep.equal([200, SIMULATED]);
    expect(service().operations.last('analysis.simulate').arguments).to.deep.equal([
      {
        sinceMs: Date.parse(ASK.since),
        warmUpMs: 14 * 86_400_000,
        stepUp: 0.8,
        quarantine: 0.95,
      },
    ]);
  });

  it('200: with everything said', async () => {
    const json = {
      ...{ since: '1000', until: '2000', warm_up_seconds: 60, step_up: 0.7, quarantine: 0.9 },
      ...{ class: 'batch', agent: 'demo-agent' },
    };
    expect((await post(json)).status).to.equal(200);
    expect(service().operations.last('analysis.simulate').arguments).to.deep.equal([
      {
        ...{ sinceMs: 1000, untilMs: 2000, warmUpMs: 60_000, stepUp: 0.7, quarantine: 0.9 },
        ...{ agentClass: 'batch', agentId: 'demo-agent' },
      },
    ]);
  });

  it('200: a low quarantine takes the default step_up with it', async () => {
    await post({ ...ASK, quarantine: 0.5 });
    const [command] = service().operations.last('analysis.simulate').arguments;
    expect(command).to.include({ stepUp: 0.5, quarantine: 0.5 });
  });

  for (const wrong of [
    { since: ASK.since },
    { quarantine: 0.9 },
    { ...ASK, since: 'yesterday' },
    { ...ASK, quarantine: 1.1 },
    { ...ASK, quarantine: '0.9' },
    { ...ASK, step_up: -0.1 },
    { ...ASK, warm_up_seconds: -1 },
    { ...ASK, class: '../x' },
    { ...ASK, more: 1 },
  ]) {
    it(`400: ${JSON.stringify(wrong)}`, async () => {
      expect((await post(wrong)).status).to.equal(400);
      expect(service().operations.seen).to.deep.equal([]);
    });
  }

  it('409: another analysis is under way', async () => {
    service().operations.adminFails = new CountersignError('conflict', 'Another is under way.');
    expect((await post(ASK)).status).to.equal(409);
  });
});
