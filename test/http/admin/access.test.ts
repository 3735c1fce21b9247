import { expect } from 'chai';
import { ADMIN_TOKENS, useFakeService } from '../../support/http-listeners.js';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly roles: readonly string[];
}

function operationsOf(document: Record<string, unknown>): Operation[] {
  const paths = document['paths'] as Record<string, Record<string, Record<string, unknown>>>;
  return Object.entries(paths).flatMap(([template, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path: template.replaceAll(/\{\w+\}/g, 'x1'),
      operationId: String(operation['operationId']),
      roles: (operation['x-roles'] ?? []) as readonly string[],
    })),
  );
}

describe('who may use the admin listener', () => {
  const service = useFakeService();
  let all: Operation[] = [];
  const guarded = (): Operation[] => all.filter(({ roles }) => roles.length > 0);

  before(async () => {
    all = operationsOf((await service().client.admin('GET', '/openapi.json')).json());
  });

  it('guards everything under /admin; an admin may do all of it', () => {
    for (const { path, roles } of all) {
      if (path.startsWith('/admin/')) expect(roles, path).not.to.deep.equal([]);
    }
    for (const { roles } of guarded()) expect(roles).to.include('admin');
  });

  it('401: every operation, without a token, with a wrong one and with Basic', async () => {
    for (const { method, path } of guarded()) {
      for (const ask of [
        { adminToken: undefined },
        { adminToken: 'csa_wrong' },
        { adminToken: undefined, basic: ['admin', 'csa_admin'] as const },
      ]) {
        const answer = await service().client.admin(method, path, ask);
        expect(answer.status, `${method} ${path}`).to.equal(401);
        expect(answer.headers['www-authenticate']).to.match(/^Bearer /);
      }
    }
    expect(service().operations.seen).to.deep.equal([]);
  });

  it('403: exactly the roles that the table leaves out', async () => {
    for (const { method, path, roles } of guarded()) {
      for (const [role, adminToken] of Object.entries(ADMIN_TOKENS)) {
        const answer = await service().client.admin(method, path, { adminToken });
        const refused = answer.status === 403;
        expect(refused, `${role} ${method} ${path}`).to.equal(!roles.includes(role));
      }
    }
  });

  it('an auditor changes nothing: none of its operations but GET', () => {
    for (const { method, roles, operationId } of guarded()) {
      if (!roles.includes('auditor')) continue;
      expect(method, operationId).to.equal('GET');
    }
  });

  it('the principal’s name goes with the operation', async () => {
    const json = { by: 'agent', value: 'demo-agent', reason: 'test' };
    const ask = { json, adminToken: ADMIN_TOKENS.operator };
    await service().client.admin('POST', '/admin/v1/revocations', ask);
    expect(service().operations.last('revocations.revoke').arguments[1]).to.deep.include({
      principal: { kind: 'admin', id: 'operator-1' },
    });
  });
});
