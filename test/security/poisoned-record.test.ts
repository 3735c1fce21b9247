import { expect } from 'chai';
import { until } from '../support/episode.js';
import { useService } from '../support/use-service.js';

/** Texts that once broke the JSON of their event when masked, which stopped the export of all events behind it. */
const TEXTS = {
  'a private key that is cut short by a quote':
    '-----BEGIN PRIVATE KEY-----" is how the file starts',
  'a name of a secret before a backslash': 'password=\\server',
};

interface Page {
  readonly items: readonly Readonly<Record<string, unknown>>[];
}

describe('a record that somebody tries to poison', function () {
  this.timeout(240_000);
  const world = useService(() => ({ worker: true }));

  async function events(query: string): Promise<Page['items']> {
    const answer = await world.service.http.admin('GET', `/admin/v1/audit?limit=100&${query}`);
    return (answer.json() as unknown as Page).items;
  }

  const byOperators = { ...TEXTS, 'a name of a secret before a line break': 'leaked token:\nsee' };

  for (const [name, text] of Object.entries(TEXTS)) {
    it(`keeps every event behind ${name}, declared by an agent`, async () => {
      const { service } = world;
      const task = `task-${name.replaceAll(' ', '-')}`;
      for (const reason of ['before', text, 'after']) {
        const answer = await service.http.send('POST', '/token', {
          basic: service.agent,
          json: { resource: 'stripe', scope: 'read_invoices', ttl: 60, task_id: task, reason },
        });
        expect(answer.status, answer.text).to.equal(200);
      }
      await until(
        'all are on the record',
        async () => (await events(`task=${task}&type=access.granted`)).length === 3,
      );
    });
  }

  for (const [name, text] of Object.entries(byOperators)) {
    it(`keeps every event behind ${name}, the reason of an operator`, async () => {
      const before = (await events('type=revocation.applied')).length;
      for (const reason of ['before', text, 'after']) {
        const json = { by: 'task', value: `task-of-${name.replaceAll(' ', '-')}`, reason };
        const answer = await world.service.http.admin('POST', '/admin/v1/revocations', { json });
        expect(answer.status, answer.text).to.equal(200);
      }
      await until(
        'all are on the record',
        async () => (await events('type=revocation.applied')).length === before + 3,
      );
    });
  }
});
