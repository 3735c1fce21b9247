import { expect } from 'chai';
import { until } from './episode.js';
import type { TestService } from './service.js';

/** Issues, introspects, revokes and introspects again; with a worker also finds all of it on the record. */
export async function walkMainPath(service: TestService, task: string): Promise<void> {
  const token = await issueToken(service, task);
  expect(await isActive(service, token)).to.equal(true);
  const revoked = await service.http.admin('POST', '/admin/v1/revocations', {
    json: { by: 'token', value: token, reason: 'test' },
  });
  expect(revoked.status, revoked.text).to.equal(200);
  expect(await isActive(service, token)).to.equal(false);
}

/** Waits until the worker moved the events of a task to the store. */
export async function untilRecorded(service: TestService, task: string): Promise<void> {
  await until(`the record of ${task} is complete`, async () => {
    const page = await service.http.admin('GET', `/admin/v1/audit?task=${task}`);
    const items = page.json()['items'] as readonly { readonly type: string }[];
    return ['access.granted', 'revocation.applied'].every((type) =>
      items.some((event) => event.type === type),
    );
  });
}

export async function issueToken(service: TestService, task: string): Promise<string> {
  const answer = await service.http.send('POST', '/token', {
    basic: [...service.agent],
    json: { resource: 'stripe', scope: 'read_invoices', ttl: 300, task_id: task },
  });
  expect(answer.status, answer.text).to.equal(200);
  return String(answer.json()['access_token']);
}

/** What introspection says; the status where it does not answer. */
export async function isActive(service: TestService, token: string): Promise<unknown> {
  const answer = await service.http.send('POST', '/introspect', {
    basic: service.resourceServer,
    form: { token },
  });
  return answer.status === 200 ? answer.json()['active'] : answer.status;
}
