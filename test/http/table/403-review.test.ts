import { expect } from 'chai';
import { CODECS, expectError, tokenAsk, tokenOf } from './asks.js';
import { accessEvents } from './stream-events.js';
import { useTableService } from './table-service.js';

describe('POST /token, needs review → 403 review_required, as a form 400 invalid_scope', () => {
  const table = useTableService();

  for (const codec of CODECS) {
    it(`${codec}: a scope a person must approve`, async () => {
      const { service, redis } = table();
      const ask = tokenAsk(codec, service.agent, { scope: 'create_refund' });
      const answer = await service.http.send('POST', '/token', ask);
      const event = (await accessEvents(redis, service.agent[0])).at(-1);
      if (codec === 'json') {
        expectError(answer, codec, 403, 'review_required');
        expect(answer.json()).to.deep.include({
          decision_id: event?.decision_id,
          reasons: [
            {
              rule: 'countersign.review.needs_review',
              code: 'needs_review',
              message: 'The scope needs approval by a person.',
            },
          ],
        });
      } else {
        expectError(answer, codec, 400, 'invalid_scope');
        // RFC 6749 has no code for it: the page says that a person must approve.
        const page = String(answer.json()['error_uri']);
        expect(page).to.match(/\/errors\/review_required$/);
        const { status, text } = await service.http.send('GET', new URL(page).pathname);
        expect([status, text.includes('approval')]).to.deep.equal([200, true]);
      }
      expect(event).to.deep.include({
        type: 'access.review_required',
        effect: 'review',
        scopes_requested: ['create_refund'],
        codes: ['needs_review'],
      });
      expect(event).not.to.have.any.keys('jti', 'grant_id', 'scopes_granted');
    });

    it(`${codec}: next to a scope without review it is removed, with the rule`, async () => {
      const { service } = table();
      const ask = tokenAsk(codec, service.agent, { scope: 'create_refund read_invoices' });
      const answer = await service.http.send('POST', '/token', ask);
      tokenOf(answer);
      expect(answer.json()).to.deep.include({
        scope: 'read_invoices',
        removed: [
          {
            scope: 'create_refund',
            rule: 'countersign.review.needs_review',
            reason: 'The scope needs approval by a person.',
          },
        ],
      });
    });

    it(`${codec}: waiting for review is no denial that counts`, async () => {
      const { service } = table();
      const ask = (scope: string) =>
        service.http.send('POST', '/token', tokenAsk(codec, service.agent, { scope }));
      for (let round = 0; round < 32; round++) await ask('create_refund');
      tokenOf(await ask('read_invoices'));
    });
  }
});
