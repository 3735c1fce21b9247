import { expect } from 'chai';
import { useService } from '../../support/use-service.js';
import { useFolder } from '../../support/use-started.js';
import { registerAgent, registerResourceServer, type Client } from '../table/table-service.js';
import { decisionOf, question } from './questions.js';

describe('access evaluation on a node that did not make the change', function () {
  this.timeout(60_000);
  const dataDir = useFolder();
  const { service: here, redis } = useService(() => ({ dataDir }));
  const { service: there } = useService(() => ({ dataDir }), redis);

  const ask = async (basic: Client, agent: string): Promise<boolean> => {
    const ask = { basic, json: question({ agent }) };
    return decisionOf(await there.http.send('POST', '/access/v1/evaluation', ask));
  };

  it('a change made elsewhere shows in the very next answer, towards yes and towards no', async () => {
    const { http } = here;
    const spec = { id: 'mover', grants: [{ resource: 'stripe', scopes: ['read_invoices'] }] };
    await registerAgent(http, spec);
    const server = await registerResourceServer(http, 'moving-api', ['research-api']);
    expect(await ask(server, 'mover')).to.equal(false);
    const serve = async (version: number, ...resources: string[]) => {
      const json = { id: 'moving-api', resources, version };
      const put = await http.admin('PUT', '/admin/v1/resource-servers/moving-api', { json });
      expect(put.status, put.text).to.equal(200);
    };
    await serve(1, 'stripe');
    expect(await ask(server, 'mover')).to.equal(true);
    await serve(2, 'research-api');
    expect(await ask(server, 'mover')).to.equal(false);
    await serve(3, 'stripe');
    expect(await ask(server, 'mover')).to.equal(true);
    const put = await http.admin('PUT', '/admin/v1/agents/mover', {
      json: { ...spec, grants: [], version: 1 },
    });
    expect(put.status, put.text).to.equal(200);
    expect(await ask(server, 'mover')).to.equal(false);
    await http.admin('DELETE', '/admin/v1/resource-servers/moving-api');
    const gone = { basic: server, json: question({ agent: 'mover' }) };
    expect((await there.http.send('POST', '/access/v1/evaluation', gone)).status).to.equal(401);
  });
});
