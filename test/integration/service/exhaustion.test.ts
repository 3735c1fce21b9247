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
    const path = '/admin/v1/audit?agent=agent-0&type=access.denied';
    const page = (await two.services[0].http.admin('GET', path)).json();
    const items = page['items'] as Record<string, unknown>[];
    const counting = (page['counting'] ?? []) as Record<string, unknown>[];
    const counted = [...items, ...counting].filter((one) => one['bucket'] === 'policy_budget');
    expect(counted.reduce((sum, { count }) => sum + Number(count ?? 1), 0)).to.equal(8);
    expect(await two.events('policy.exhausted')).to.deep.equal([]);
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

  async function secretOf(id: string): Promise<string> {
    const answer = await two.services[0].http.admin('POST', `/admin/v1/agents/${id}/secrets`);
    expect(answer.status, answer.text).to.equal(201);
    return String(answer.json()['secret']);
  }
});
