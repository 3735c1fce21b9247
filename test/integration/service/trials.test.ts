import { expect } from 'chai';
import { GRANT_WHAT_IS_ASKED } from '../../support/bundles/policies.js';
import { until } from '../../support/episode.js';
import { LOAD_AGENT, type TestService } from '../../support/service.js';
import { DENY_ALL, revisionOf, TwoServices } from '../../support/two-services.js';

/** Two values of one complete rule, for every agent but the probe of the admission. */
const THROWS = `
decision := allowed(input.request.scopes[0])
allowed(scope) := {
	"effect": "allow",
	"grant": {"scopes": [scope], "ttl_seconds": input.request.ttl_seconds},
	"reasons": [], "obligations": [],
}
allowed(scope) := {"effect": "deny", "reasons": [], "obligations": []} if scope == "read_invoices"`;

describe('a bundle on trial on two services', function () {
  this.timeout(120_000);
  let two: TwoServices;
  const agents = Array.from({ length: 40 }, (_, i) => ({
    ...structuredClone(LOAD_AGENT),
    id: `agent-${String(i)}`,
  }));
  before(async () => {
    two = await TwoServices.start([LOAD_AGENT, ...agents]);
  });
  after(() => two.close());

  it('on trial as a shadow sees every request, decides none, and is counted', async () => {
    await two.push(DENY_ALL, 'strict', 4);
    const shadow = { allow_untested: true };
    expect((await two.post('bundles/strict/shadow', shadow)).status).to.equal(200);
    for (let i = 0; i < 10; i++) expect(await two.deciding()).to.deep.equal(['first', 'first']);
    await until('both nodes told what they counted', async () => {
      const counts = trials(await two.overview(), 'shadow');
      return counts.decisions === 20 && counts.denials === 20 && counts.changes === 20;
    });
    expect((await two.end('shadow')).status).to.equal(200);
  });

  it('on trial as a canary decides for one set of agents on every node', async () => {
    await two.push(GRANT_WHAT_IS_ASKED, 'canary', 4);
    expect((await two.post('bundles/canary/canary', { percent: 30 })).status).to.equal(200);
    const secrets = await Promise.all(agents.map(({ id }) => secretOf(id)));
    const asked = (service: TestService): Promise<unknown[]> =>
      Promise.all(
        agents.map(async ({ id }, i) => revisionOf(await two.ask(service, [id, secrets[i] ?? '']))),
      );
    const [one, other, again] = [
      await asked(two.services[0]),
      await asked(two.services[1]),
      await asked(two.services[0]),
    ];
    expect(one).to.deep.equal(other).and.to.deep.equal(again);
    const share = one.filter((revision) => revision === 'canary').length;
    expect(share).to.be.within(4, 22);
    expect(new Set(one)).to.deep.equal(new Set(['first', 'canary']));
    expect((await two.end('canary')).status).to.equal(200);
  });

  for (const [why, rego, revision] of [
    ['denial_rate', DENY_ALL, 'strict'],
    ['error_rate', THROWS, 'throws'],
  ] as const)
    it(`as a canary that leaves its band ends automatically: ${why}`, async () => {
      await two.push(rego, revision, 4);
      const order = { percent: 99, allow_untested: true };
      expect((await two.post(`bundles/${revision}/canary`, order)).status).to.equal(200);
      await until('the canary was taken back', async () => {
        const answers = await Promise.all(two.services.map((service) => two.ask(service)));
        for (const { status } of answers) expect(status).to.be.oneOf([200, 403]);
        return !('canary' in (await two.overview()));
      });
      expect(await two.deciding()).to.deep.equal(['first', 'first']);
      const [event] = await two.events('policy.canary_ended');
      expect(event?.['detail']).to.deep.include({ why, percent: 99 });
      expect(event?.['detail']).to.have.nested.property('counts.decisions').that.is.at.least(20);
      expect(event).to.have.nested.property('principal.id', 'policy-guard');
    });

  async function secretOf(id: string): Promise<string> {
    const answer = await two.services[0].http.admin('POST', `/admin/v1/agents/${id}/secrets`);
    expect(answer.status, answer.text).to.equal(201);
    return String(answer.json()['secret']);
  }
});

/** What both nodes counted of a trial. */
function trials(
  body: Record<string, unknown>,
  role: string,
): { decisions: number; denials: number; changes: number } {
  const sums = { decisions: 0, denials: 0, changes: 0 };
  for (const node of body['nodes'] as { trials: Record<string, unknown>[] }[]) {
    for (const trial of node.trials.filter((one) => one['role'] === role)) {
      sums.decisions += Number(trial['decisions']);
      sums.denials += Number(trial['denials']);
      const changes = trial['changes'] as Record<string, number>;
      sums.changes += changes['allow_to_deny'] ?? 0;
    }
  }
  return sums;
}
