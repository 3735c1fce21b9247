import { expect } from 'chai';
import { GRANT_WHAT_IS_ASKED } from '../../support/bundles/policies.js';
import { until } from '../../support/episode.js';
import type { Answer } from '../../support/http.js';
import { LOAD_AGENT } from '../../support/service.js';
import { revisionOf, TwoServices } from '../../support/two-services.js';

/** Grants what is asked, but an evaluation for a scope `endless…` does not end. No input of admission has one. */
const RUNS_OUT = GRANT_WHAT_IS_ASKED.replace(
  'input.request.scopes,',
  '[spelled(scope) | some scope in input.request.scopes],',
).concat(`
spelled(scope) := replace(scope, "", "y") if startswith(strings.reverse(scope), "sseldne")
spelled(scope) := scope if not startswith(strings.reverse(scope), "sseldne")
`);

describe('a bundle that runs out of fuel on two services', function () {
  this.timeout(240_000);
  const agents = Array.from({ length: 7 }, (_, i) => ({
    ...structuredClone(LOAD_AGENT),
    id: `agent-${String(i)}`,
  }));
  let two: TwoServices;
  let secrets: string[];
  before(async () => {
    two = await TwoServices.start([LOAD_AGENT, ...agents]);
    secrets = await Promise.all(agents.map(({ id }) => secretOf(id)));
    await two.push(RUNS_OUT, 'runs-out', 2);
    expect((await two.post('bundles/runs-out/activate')).status).to.equal(200);
    expect(await two.deciding()).to.deep.equal(['runs-out', 'runs-out']);
    // What the bundle before is replayed on: fewer are no evidence.
    await Promise.all(Array.from({ length: 60 }, () => two.ask(two.services[0])));
  });
  after(() => two.close());

  /** Asks for a scope that uses up the fuel, different from all before. */
  const exhaust = (() => {
    let n = 0;
    return (agent: number, service = 0): Promise<Answer> =>
      two.services[service === 0 ? 0 : 1].http.send('POST', '/token', {
        basic: [agents[agent]?.id ?? '', secrets[agent] ?? ''],
        json: { resource: 'stripe', scope: `x${String(n++)}endless`, ttl: 60 },
      });
  })();

  it('stays, however often one agent makes it run out; each refusal is counted with an alarm', async () => {
    for (let i = 0; i < 8; i++) {
      const answer = await exhaust(0, i % 2);
      expect(answer.status, answer.text).to.equal(503);
      expect(answer.json()).to.include({ error: 'policy_budget_exceeded' });
    }
    await until('both nodes told that it ran out', async () => {
      const { nodes } = (await two.overview()) as { nodes: { exhaustion?: { ran_out: number } }[] };
      return nodes.every(({ exhaustion }) => (exhaustion?.ran_out ?? 0) > 0);
    });
    expect(await two.deciding()).to.deep.equal(['runs-out', 'runs-out']);
    await until('each refusal is counted', async () => (await refusedForFuel('agent-0')) === 8);
    expect(await two.events('policy.exhausted')).to.deep.equal([]);
  });

  it('stays when a resource server asks about five agents, and none of them is blamed', async () => {
    const http = two.services[0].http;
    const json = { id: 'prober', resources: ['stripe'] };
    const created = (await http.admin('POST', '/admin/v1/resource-servers', { json })).json();
    const { secret } = created['secret'] as { secret: string };
    for (const { id } of agents.slice(1, 6)) {
      const answer = await http.send('POST', '/access/v1/evaluation', {
        basic: ['prober', secret],
        json: {
          subject: { type: 'agent', id },
          action: { name: `${id}endless` },
          resource: { type: 'resource', id: 'stripe' },
        },
      });
      expect(answer.status, answer.text).to.equal(503);
      expect(await refusedForFuel(id)).to.equal(0);
    }
    expect((await exhaust(0)).status).to.equal(503);
    await until('the node told of the last one', async () => {
      const { nodes } = (await two.overview()) as { nodes: { exhaustion?: { ran_out: number } }[] };
      return nodes.some(({ exhaustion }) => (exhaustion?.ran_out ?? 0) > 0);
    });
    const { nodes } = (await two.overview()) as { nodes: { exhaustion?: { agents: string[] } }[] };
    const named = nodes.flatMap(({ exhaustion }) => exhaustion?.agents ?? []);
    expect(new Set(named)).to.deep.equal(new Set(['agent-0']));
    expect(await two.deciding()).to.deep.equal(['runs-out', 'runs-out']);
    const asked = await two.events('policy.evaluated');
    expect(asked.filter(({ codes }) => String(codes) === 'policy_budget_exceeded')).to.have.length(
      5,
    );
  });

  it('is replaced by the one before, when it runs out for five agents', async () => {
    for (let agent = 1; agent < 6; agent++) {
      expect((await exhaust(agent, agent % 2)).status).to.equal(503);
    }
    await until('the bundle before decides on both', async () =>
      (await two.deciding()).every((revision) => revision === 'first'),
    );
    const [event] = await two.events('policy.rolled_back');
    expect(event).to.have.nested.property('principal.id', 'policy-guard');
    expect(event).to.have.nested.property('detail.replaced', 'runs-out');
    expect(event)
      .to.have.nested.property('detail.reason')
      .that.matches(/^\d+ of \d+ evaluations in a minute, of [56] agents or more/);
    const answer = await exhaust(6);
    expect([answer.status, revisionOf(answer)]).to.deep.equal([200, 'first']);
  });

  /** The number of recorded refusals for lack of fuel of an agent. */
  async function refusedForFuel(agent: string): Promise<number> {
    const path = `/admin/v1/audit?agent=${agent}&type=access.denied`;
    const page = (await two.services[0].http.admin('GET', path)).json();
    const parts = [page['items'], page['counting'] ?? []] as Record<string, unknown>[][];
    return parts
      .flat()
      .filter((one) => one['bucket'] === 'policy_budget')
      .reduce((sum, { count }) => sum + Number(count ?? 1), 0);
  }

  async function secretOf(id: string): Promise<string> {
    const answer = await two.services[0].http.admin('POST', `/admin/v1/agents/${id}/secrets`);
    expect(answer.status, answer.text).to.equal(201);
    return String(answer.json()['secret']);
  }
});
