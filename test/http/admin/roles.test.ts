import { expect } from 'chai';
import type { IncomingMessage } from 'node:http';
import { checkPrincipal } from '../../../src/http/admin-guard.js';
import { adminRoute } from '../../../src/http/admin-route.js';
import { IncomingCall } from '../../../src/http/incoming-call.js';
import { replyEmpty } from '../../../src/http/reply.js';
import { useFakeService } from '../../support/http-listeners.js';

/** Roles of every operation of the admin listener; `anyone` needs no token. */
const ROLES: Readonly<Record<string, string>> = {
  listAgents: 'auditor operator admin',
  createAgent: 'admin',
  getAgent: 'auditor operator admin',
  updateAgent: 'admin',
  deleteAgent: 'admin',
  restoreAgent: 'admin',
  setAgentStatus: 'operator admin',
  releaseAgent: 'operator admin',
  listAgentSecrets: 'auditor operator admin',
  createAgentSecret: 'admin',
  deleteAgentSecret: 'admin',
  getAgentSignals: 'auditor operator admin',
  resetAgentSignals: 'operator admin',
  exportAgentSignals: 'auditor operator admin',
  getLimits: 'auditor operator admin',
  putLimits: 'operator admin',
  resetLimits: 'operator admin',
  listResources: 'auditor operator admin',
  getResource: 'auditor operator admin',
  putResource: 'admin',
  deleteResource: 'admin',
  listResourceServers: 'auditor operator admin',
  createResourceServer: 'admin',
  getResourceServer: 'auditor operator admin',
  updateResourceServer: 'admin',
  deleteResourceServer: 'admin',
  listResourceServerSecrets: 'auditor operator admin',
  createResourceServerSecret: 'admin',
  deleteResourceServerSecret: 'admin',
  createRevocation: 'operator admin',
  liftRevocation: 'operator admin',
  listKeys: 'auditor operator admin',
  rotateKeys: 'admin',
  resetClock: 'admin',
  revokeKey: 'operator admin',
  queryAudit: 'auditor operator admin',
  listDeliveries: 'auditor operator admin',
  retryDelivery: 'operator admin',
  getPolicy: 'auditor operator admin',
  reloadPolicy: 'admin',
  evaluateData: 'operator admin',
  pushBundle: 'admin',
  listBundles: 'auditor operator admin',
  getBundle: 'auditor operator admin',
  admitBundle: 'admin',
  activateBundle: 'admin',
  startShadow: 'admin',
  startCanary: 'admin',
  endShadow: 'operator admin',
  endCanary: 'operator admin',
  rollbackPolicy: 'operator admin',
  getStatus: 'auditor operator admin',
  buildPolicy: 'admin',
  testPolicy: 'admin',
  checkPolicy: 'admin',
  replayBundle: 'operator admin',
  explainDecision: 'auditor operator admin',
  evaluatePolicy: 'operator admin',
  diffBundles: 'auditor operator admin',
  tightenGrants: 'operator admin',
  simulateSignals: 'operator admin',
  metrics: 'anyone',
  health: 'anyone',
  ready: 'anyone',
  errorPage: 'anyone',
  openapi: 'anyone',
};

type Paths = Record<string, Record<string, { operationId: string; 'x-roles'?: string[] }>>;

describe('the roles of the admin operations', () => {
  const service = useFakeService();

  it('are those of this table, for each operation', async () => {
    const document = (await service().client.admin('GET', '/openapi.json')).json();
    const operations = Object.values(document['paths'] as Paths).flatMap((item) =>
      Object.values(item),
    );
    const roles = operations.map(({ operationId, 'x-roles': named = ['anyone'] }) => [
      operationId,
      named.join(' '),
    ]);
    expect(Object.fromEntries(roles)).to.deep.equal(ROLES);
  });

  it('must be named: a route without any does not compile, and lets no admin in', async () => {
    const spec = {
      summary: 'Test.',
      method: 'GET',
      path: '/admin/v1/test',
      responses: {},
      handler: () => Promise.resolve(replyEmpty(204)),
    } as const;
    // @ts-expect-error: roles are missing
    const withoutRoles = adminRoute('withoutRoles', spec);
    // @ts-expect-error: the list of roles is empty
    const withNoRole = adminRoute('withNoRole', { ...spec, roles: [] });
    const req = { headers: { authorization: 'Bearer csa_admin' }, rawHeaders: [] as string[] };
    const call = new IncomingCall(req as IncomingMessage, {}, 'admin', 0, () => '');
    const admin = { id: 'admin-1', role: 'admin' } as const;
    for (const route of [withoutRoles, withNoRole]) {
      const checked = checkPrincipal(call, route, () => Promise.resolve(admin));
      const refused = await checked.catch((error: unknown) => error);
      expect(refused).to.have.property('code', 'forbidden');
    }
  });
});
