import { expect } from 'chai';
import { bytesOf, CODECS, expectError, tokenAsk, tokenOf } from './asks.js';
import { accessEvents, closeCounts } from './stream-events.js';
import { registerAgent, useTableService } from './table-service.js';

const GRANTS = [{ resource: 'stripe', scopes: ['read_invoices'] }];

describe('POST /token, quarantined agent → 403 access_denied, as a form 400 invalid_scope', () => {
  const table = useTableService();

  for (const codec of CODECS) {
    it(`${codec}: is denied every request without the reason, until it is released`, async () => {
      const { service, redis } = table();
      const { http } = service;
      const id = `quarantined-${codec}`;
      const client = await registerAgent(http, { id, grants: GRANTS });
      const ask = (scope = 'read_invoices') =>
        http.send('POST', '/token', tokenAsk(codec, client, { scope }));
      const token = tokenOf(await ask());
      const quarantine = async () => {
        const json = { status: 'quarantined', reason: 'test' };
        const path = `/admin/v1/agents/${id}/status`;
        expect((await http.admin('POST', path, { json })).status).to.equal(200);
      };
      await quarantine();
      for (const scope of ['read_invoices', 'export_all', 'nothing']) {
        const answer = await ask(scope);
        if (codec === 'json') expectError(answer, codec, 403, 'access_denied');
        else expectError(answer, codec, 400, 'invalid_scope');
        expect(bytesOf(answer)).not.to.match(/quarantin/i);
        await closeCounts(redis);
        const event = (await accessEvents(redis, id)).at(-1);
        expect(event).to.deep.include({
          type: 'access.denied',
          effect: 'deny',
          codes: ['agent_quarantined'],
          scopes_requested: [scope],
        });
        if (codec === 'json') {
          expect(event?.decision_id).to.equal(answer.json()['decision_id']);
        }
      }
      const seen = await http.send('POST', '/introspect', {
        basic: service.resourceServer,
        form: { token },
      });
      expect(seen.text).to.equal('{"active":false}');
      const release = { json: { reason: 'test' } };
      const path = `/admin/v1/agents/${id}/release`;
      expect((await http.admin('POST', path, release)).status).to.equal(200);
      tokenOf(await ask());
    });
  }
});
