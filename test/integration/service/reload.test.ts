import { expect } from 'chai';
import { copyFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildBundle } from '../../support/bundles/build.js';
import { GRANT_WHAT_IS_ASKED } from '../../support/bundles/policies.js';
import { until } from '../../support/episode.js';
import type { Answer } from '../../support/http.js';
import { useService } from '../../support/use-service.js';
import { useFolder } from '../../support/use-started.js';

/** Two different values of one complete rule, for one scope only: the evaluation itself fails. */
const THROWS_FOR_CUSTOMERS = `
decision := allowed(input.request.scopes[0])
allowed(scope) := {
	"effect": "allow",
	"grant": {"scopes": [scope], "ttl_seconds": input.request.ttl_seconds},
	"reasons": [], "obligations": [],
}
allowed(scope) := {"effect": "deny", "reasons": [], "obligations": []} if scope == "read_customers"`;

const GRANTS_MORE = `
decision := {
	"effect": "allow",
	"grant": {
		"scopes": array.concat(input.request.scopes, ["create_refund", "export_all", "*"]),
		"ttl_seconds": 86400,
	},
	"reasons": [], "obligations": [],
}`;

describe('the policy bundle of a running service', function () {
  this.timeout(120_000);
  const bundle = join(useFolder(), 'bundle.tar.gz');
  const { service } = useService(() => {
    place(GRANT_WHAT_IS_ASKED, 'first');
    return {
      worker: true,
      overrides: {
        'policy.path': bundle,
        'policy.watch': true,
        'policy.admission.violations': 'warn',
      },
    };
  });

  /** In one step, as an operator should: a half-written file is never seen. */
  function place(rego: string, revision: string): void {
    copyFileSync(buildBundle({ rego, revision }), `${bundle}.new`);
    renameSync(`${bundle}.new`, bundle);
  }

  function ask(scope: string, ttl = 60): Promise<Answer> {
    return service.http.send('POST', '/token', {
      basic: service.agent,
      json: { resource: 'stripe', scope, ttl },
    });
  }

  /** What decides: the revision in the claims of a token. */
  async function deciding(): Promise<unknown> {
    const answer = await ask('read_invoices');
    expect(answer.status, answer.text).to.equal(200);
    return claimsOf(answer)['policy_revision'];
  }

  it('is taken on SIGHUP when it is good', async () => {
    expect(await deciding()).to.equal('first');
    place(GRANT_WHAT_IS_ASKED, 'second');
    await service.lifecycle.reload('SIGHUP');
    expect(await deciding()).to.equal('second');
  });

  it('is refused when it is corrupt, and the old one keeps deciding', async () => {
    writeFileSync(`${bundle}.new`, 'this is no gzip');
    renameSync(`${bundle}.new`, bundle);
    await service.lifecycle.reload('SIGHUP');
    expect(await deciding()).to.equal('second');
    const asked = await service.http.admin('POST', '/admin/v1/policy/reload');
    expect(asked.status).to.equal(409);
    const status = await service.http.admin('GET', '/admin/v1/policy');
    expect(status.json()).to.include({ revision: 'second' });
    expect(await typesOnRecord('policy.refused')).to.be.greaterThan(0);
  });

  it('is taken on change, with no signal', async () => {
    place(GRANT_WHAT_IS_ASKED, 'third');
    await until('the change was seen', async () => (await deciding()) === 'third');
  });

  it('that throws answers 503, and the next request works', async () => {
    place(THROWS_FOR_CUSTOMERS, 'throws');
    await service.lifecycle.reload('SIGHUP');
    await until('it decides', async () => (await deciding()) === 'throws');
    for (let round = 0; round < 3; round++) {
      const thrown = await ask('read_customers');
      expect(thrown.status).to.equal(503);
      expect(thrown.json()['type']).to.match(/temporarily_unavailable$/);
      expect(thrown.text).not.to.match(/conflict|wasm|rego|object/i);
      expect(await deciding()).to.equal('throws');
    }
  });

  it('I3: a bundle that returns more than was asked is clamped to what was asked, and the record says so', async () => {
    place(GRANTS_MORE, 'greedy');
    await service.lifecycle.reload('SIGHUP');
    await until('it decides', async () => (await deciding()) === 'greedy');
    const answer = await ask('read_invoices', 60);
    expect(answer.status, answer.text).to.equal(200);
    expect(answer.json()).to.include({ scope: 'read_invoices', expires_in: 60 });
    const claims = claimsOf(answer);
    expect(claims).to.include({ scope: 'read_invoices', policy_revision: 'greedy' });
    expect(Number(claims['exp']) - Number(claims['iat'])).to.equal(60);
    const seen = await service.http.send('POST', '/introspect', {
      basic: service.resourceServer,
      form: { token: String(answer.json()['access_token']) },
    });
    expect(seen.json()).to.include({ active: true, scope: 'read_invoices' });
    const [event] = await eventsOf(`decision=${String(claims['decision_id'])}&type=access.granted`);
    expect(event).to.deep.include({
      clamped: true,
      scopes_requested: ['read_invoices'],
      scopes_granted: ['read_invoices'],
      ttl_seconds_granted: 60,
    });
  });

  async function eventsOf(query: string): Promise<Record<string, unknown>[]> {
    let items: Record<string, unknown>[] = [];
    await until('the record is complete', async () => {
      const page = (await service.http.admin('GET', `/admin/v1/audit?${query}`)).json();
      items = page['items'] as Record<string, unknown>[];
      return page['complete'] === true;
    });
    return items;
  }

  async function typesOnRecord(type: string): Promise<number> {
    return (await eventsOf(`type=${type}`)).length;
  }
});

function claimsOf(answer: Answer): Record<string, unknown> {
  const payload = String(answer.json()['access_token']).split('.')[1] ?? '';
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
}
