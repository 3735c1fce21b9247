import { expect } from 'chai';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildBundle } from '../../support/bundles/build.js';
import { until } from '../../support/episode.js';
import { LogReceiver } from '../../support/log-receiver.js';
import { useService } from '../../support/use-service.js';
import { useFolder, useStarted } from '../../support/use-started.js';

/** Grants what is asked, and says of the log: hide the jti, and do not log reads of invoices by a probe. */
const REGO = {
  'countersign/policy.rego': `package countersign

decision := {
	"effect": "allow",
	"grant": {"scopes": input.request.scopes, "ttl_seconds": input.request.ttl_seconds},
	"reasons": [], "obligations": [],
}`,
  'system/log.rego': `package system.log

mask contains "/custom/jti" if input.custom.jti

drop if input.result.grant.scopes == ["read_customers"]`,
};

type Line = Readonly<Record<string, unknown>>;

describe('the decision log of a running service', function () {
  this.timeout(120_000);
  const file = join(useFolder(), 'decisions.jsonl');
  const sent: string[] = [];
  const receiver = useStarted(
    () => new LogReceiver(),
    (started) => started.close(),
  );
  const { service } = useService(async () => ({
    worker: true,
    overrides: {
      'policy.admission.violations': 'warn',
      'policy.path': buildBundle({
        rego: REGO,
        revision: 'logged',
        entrypoints: ['countersign/decision', 'system/log/mask', 'system/log/drop'],
      }),
      'decision_log.http.url': await receiver.listen(),
      'decision_log.http.min_delay_ms': 0,
      'decision_log.http.max_delay_ms': 0,
      'decision_log.http.timeout_ms': 2000,
      'decision_log.file.path': file,
      'decision_log.mask_entrypoint': 'system/log/mask',
      'decision_log.drop_entrypoint': 'system/log/drop',
      'decision_log.buffer_max_bytes': 200_000,
    },
  }));

  /** Sends `count` requests in sequence and returns the ids of the decisions. */
  async function ask(count: number, scope = 'read_invoices'): Promise<string[]> {
    const ids: string[] = [];
    for (let i = 0; i < count; i++) {
      const answer = await service.http.send('POST', '/token', {
        basic: service.agent,
        json: { resource: 'stripe', scope, ttl: 60, reason: 'words of a model' },
      });
      expect(answer.status, answer.text).to.equal(200);
      const payload = String(answer.json()['access_token']).split('.')[1] ?? '';
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Line;
      ids.push(String(claims['decision_id']));
    }
    return ids;
  }

  const received = (): readonly Line[] =>
    receiver.uploads.filter(({ accepted }) => accepted).flatMap(({ events }) => events);

  it('has one event for each request, with its decision id, in the receiver and in the file', async () => {
    sent.push(...(await ask(20)));
    await until('the receiver has them', () => receiver.ids().length >= 20);
    expect(receiver.ids()).to.have.members(sent);
    const lines = (): Line[] =>
      readFileSync(file, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Line);
    await until('the file has them', () => lines().length >= 20);
    expect(lines().map((line) => line['decision_id'])).to.deep.equal(receiver.ids());
    expect(statSync(file).mode & 0o777).to.equal(0o600);
  });

  it('has events in the format of OPA, masked by the rules of the bundle, without the free text', () => {
    const [event] = received();
    expect(event).to.deep.include({
      path: 'countersign/decision',
      bundles: { countersign: { revision: 'logged' } },
    });
    expect(event?.['labels']).to.have.all.keys('id', 'version');
    expect(event?.['result']).to.deep.include({
      effect: 'allow',
      grant: { scopes: ['read_invoices'], ttl_seconds: 60 },
    });
    expect(event?.['timestamp']).to.match(/^20[0-9-]+T[0-9:.]+Z$/);
    expect(event?.['metrics']).to.have.all.keys('timer_rego_query_eval_ns');
    expect(event?.['erased']).to.include('/custom/jti');
    expect(event?.['custom']).not.to.have.property('jti');
    expect(JSON.stringify(receiver.uploads)).not.to.contain('words of a model');
  });

  it('does not have what the drop rule of the bundle drops', async () => {
    const dropped = await ask(3, 'read_customers');
    const kept = await ask(1);
    sent.push(...kept);
    await until('the one after them arrived', () => receiver.ids().includes(kept[0] ?? ''));
    expect(receiver.ids()).not.to.include.members(dropped);
    const { decision_logs: log } = await status();
    expect(log?.['metrics']).to.deep.include({ counter_decision_logs_dropped_by_rule: 3 });
  });

  it('has everything, in order, after the receiver was away', async () => {
    await receiver.close();
    const before = receiver.ids().length;
    const away = await ask(30);
    sent.push(...away);
    await until('it is known that it failed', async () => {
      const { decision_logs: log } = await status();
      return log?.['code'] === 'decision_log_error';
    });
    await receiver.listen();
    await until('everything arrived', () => receiver.ids().length >= sent.length);
    expect(receiver.ids().slice(before)).to.deep.equal(away);
    expect(receiver.ids()).to.deep.equal(sent);
  });

  it('past the cap loses the oldest, and says how many and from when to when in metrics, record, status and log', async () => {
    receiver.answer = () => 503;
    const many = await ask(150);
    await until('the cap was passed', async () => (await metric(LOST)) > 0);
    const lost = await metric(LOST);
    receiver.answer = () => 200;
    await until('the last one arrived', () => receiver.ids().includes(many.at(-1) ?? ''));
    const total = await metric(LOST);
    expect(total).to.be.at.least(lost);
    const arrived = new Set(receiver.ids());
    expect(many.filter((id) => !arrived.has(id))).to.have.length(total);
    let gaps: Line[] = [];
    await until('the record has every gap', async () => {
      const page = await service.http.admin('GET', '/admin/v1/audit?type=audit.gap&limit=500');
      // Of this sink: a burst that is larger than the cap in one turn is lost to the file, too.
      gaps = (page.json()['items'] as Line[]).filter(
        ({ detail }) => (detail as Line)['sink'] === 'http',
      );
      return sum(gaps) === total;
    });
    const [gap] = gaps;
    expect(gap).to.deep.include({ alarms: ['decision_log_lost'] });
    expect(gap?.['detail']).to.include({ kind: 'decision_log_overflow', sink: 'http' });
    expect(gap?.['detail']).to.include.all.keys('from', 'to');
    expect(service.log.join('\n')).to.contain('decision log events lost');
  });

  const LOST = 'decision_logs_dropped_buffer_size_limit_bytes_exceeded_total';

  async function metric(name: string): Promise<number> {
    const page = await service.http.admin('GET', '/metrics');
    return Number(new RegExp(`^${name} ([0-9]+)$`, 'm').exec(page.text)?.[1] ?? 0);
  }

  async function status(): Promise<Readonly<Record<string, Line | undefined>>> {
    const answer = await service.http.admin('GET', '/v1/status');
    expect(answer.status, answer.text).to.equal(200);
    return answer.json()['result'] as Readonly<Record<string, Line | undefined>>;
  }
});

function sum(gaps: readonly Line[]): number {
  return gaps.reduce((total, { detail }) => total + Number((detail as Line)['lost']), 0);
}
