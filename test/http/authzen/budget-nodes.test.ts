import { expect } from 'chai';
import type { Answer } from '../../support/http.js';
import { startService, type TestService } from '../../support/service.js';
import { useFolder } from '../../support/use-started.js';
import { useRedis } from '../../support/use-store.js';
import { expectError } from '../table/asks.js';
import { registerAgent, registerResourceServer, type Client } from '../table/table-service.js';
import { decisionsOf, question } from './questions.js';

/** An evaluation a minute comes back: none does while a test runs. */
const SLOW = { per_minute: 1, burst: 5, resource_per_minute: 1, resource_burst: 5 };
const GRANTS = [{ resource: 'stripe', scopes: ['read_invoices'] }];

describe('the evaluation budget is one, whichever nodes are asked', function () {
  this.timeout(120_000);
  const redis = useRedis();
  const dataDir = useFolder();
  let nodes: TestService[] = [];
  const start = async (): Promise<TestService> => {
    const node = await startService({ redisUrl: redis.url, dataDir });
    nodes.push(node);
    return node;
  };
  afterEach(async () => {
    for (const node of nodes) await node.close();
    nodes = [];
  });

  const ask = (node: TestService, basic: Client, agent: string, count: number): Promise<Answer> => {
    const json = { ...question({ agent }), evaluations: Array.from({ length: count }, () => ({})) };
    return node.http.send('POST', '/access/v1/evaluations', { basic, json });
  };
  const refused = (answer: Answer): void => {
    expectError(answer, 'json', 429, 'slow_down');
    expect(Number(answer.headers['retry-after'])).to.be.above(30);
  };

  it('of an agent: what one node took is gone on the other, and after a restart of both', async () => {
    const [here, there] = [await start(), await start()];
    const client = await registerAgent(here.http, { id: 'roaming', grants: GRANTS, rate: SLOW });
    expect(decisionsOf(await ask(here, client, 'roaming', 25))).to.have.length(25);
    refused(await ask(there, client, 'roaming', 26));
    expect(decisionsOf(await ask(there, client, 'roaming', 25))).to.have.length(25);
    refused(await ask(here, client, 'roaming', 1));
    refused(await ask(there, client, 'roaming', 1));
    await here.close();
    await there.close();
    nodes = [];
    const later = await start();
    refused(await ask(later, client, 'roaming', 1));
  });

  it('at once: two nodes together admit what one would', async () => {
    const [here, there] = [await start(), await start()];
    const client = await registerAgent(here.http, { id: 'doubled', grants: GRANTS, rate: SLOW });
    const asked = Array.from({ length: 20 }, (_, i) =>
      ask(i % 2 === 0 ? here : there, client, 'doubled', 5),
    );
    const answers = await Promise.all(asked);
    expect(answers.filter(({ status }) => status === 200)).to.have.length(10);
    expect(answers.filter(({ status }) => status === 429)).to.have.length(10);
  });

  it('of a resource server: its own, and not that of the agents it asks about', async () => {
    const [here, there] = [await start(), await start()];
    const client = await registerAgent(here.http, { id: 'asked', grants: GRANTS, rate: SLOW });
    const server = await registerResourceServer(here.http, 'asking-api', ['stripe']);
    for (const node of [here, there, here]) {
      expect(decisionsOf(await ask(node, server, 'asked', 50))).to.have.length(50);
    }
    expect(decisionsOf(await ask(there, client, 'asked', 50))).to.have.length(50);
    refused(await ask(here, client, 'asked', 1));
    expect(decisionsOf(await ask(there, server, 'asked', 1))).to.deep.equal([true]);
  });
});
