import { expect } from 'chai';
import { CountersignError, type PublicErrorFields } from '../../../src/domain/errors.js';
import { useFakeService } from '../../support/http-listeners.js';
import { jsonAsk } from './requests.js';

const DENIED: PublicErrorFields = {
  decisionId: 'dec_17_00000000000000000000000000',
  reasons: [{ rule: 'countersign.grants', code: 'not_granted', message: 'No grant covers it.' }],
  removed: [{ scope: 'export_all', rule: 'countersign.grants', reason: 'not granted' }],
};

describe('POST /token → 403', () => {
  const service = useFakeService();

  it('explains a denial to a JSON request', async () => {
    service().operations.authorizeWith = () => {
      throw new CountersignError('access_denied', 'The policy denied the request.', DENIED);
    };
    const answer = await service().client.send('POST', '/token', jsonAsk());
    expect(answer.status).to.equal(403);
    expect(answer.headers['content-type']).to.equal('application/problem+json');
    expect(answer.json()).to.deep.include({
      error: 'access_denied',
      decision_id: DENIED.decisionId,
      reasons: DENIED.reasons,
      removed: DENIED.removed,
    });
    expect(answer.headers).not.to.have.property('www-authenticate');
  });

  it('says review_required when a person must approve', async () => {
    service().operations.authorizeWith = () => {
      throw new CountersignError('review_required', 'A person must approve.', DENIED);
    };
    const answer = await service().client.send('POST', '/token', jsonAsk());
    expect(answer.json()['error']).to.equal('review_required');
  });

  it('does not tell a quarantined agent that it is: byte-identical to an ordinary denial', async () => {
    const texts: string[] = [];
    for (const code of ['access_denied', 'agent_quarantined'] as const) {
      service().operations.authorizeWith = () => {
        throw new CountersignError(code, 'The policy denied the request.', DENIED, code);
      };
      const headers = { 'x-request-id': 'same-request-id' };
      const answer = await service().client.send('POST', '/token', { ...jsonAsk(), headers });
      const { date, ...rest } = answer.headers;
      expect(date).to.be.a('string');
      texts.push(`${String(answer.status)} ${JSON.stringify(rest)} ${answer.text}`);
    }
    expect(texts[1]).to.equal(texts[0]);
  });

  it('shows of a reason only its public members, so that a honey scope looks like any other', async () => {
    const plain = { rule: 'r', code: 'not_granted', message: 'm' };
    const marked = { ...plain, honey: true, internal: 'alarm' };
    const texts: string[] = [];
    for (const reason of [plain, marked]) {
      service().operations.authorizeWith = () => {
        throw new CountersignError('access_denied', 'Denied.', { reasons: [reason] });
      };
      const headers = { 'x-request-id': 'same-request-id' };
      texts.push((await service().client.send('POST', '/token', { ...jsonAsk(), headers })).text);
    }
    expect(texts[1]).to.equal(texts[0]);
  });
});
