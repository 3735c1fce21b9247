import type { AdminRole } from './ports.js';

const READ: readonly AdminRole[] = ['auditor', 'operator', 'admin'];
const RESPOND: readonly AdminRole[] = ['operator', 'admin'];
const CHANGE: readonly AdminRole[] = ['admin'];

/** Which roles may do what: auditors look, operators also stop and release, admins also change the registry and keys. */
export const OPERATION_ROLES = {
  listAgents: READ,
  createAgent: CHANGE,
  getAgent: READ,
  updateAgent: CHANGE,
  deleteAgent: CHANGE,
  setAgentStatus: RESPOND,
  createAgentSecret: CHANGE,
  deleteAgentSecret: CHANGE,
  listResources: READ,
  getResource: READ,
  putResource: CHANGE,
  deleteResource: CHANGE,
  listResourceServers: READ,
  createResourceServer: CHANGE,
  getResourceServer: READ,
  updateResourceServer: CHANGE,
  deleteResourceServer: CHANGE,
  createResourceServerSecret: CHANGE,
  deleteResourceServerSecret: CHANGE,
  createRevocation: RESPOND,
  liftRevocation: RESPOND,
  listKeys: READ,
  rotateKeys: CHANGE,
  revokeKey: RESPOND,
  queryAudit: READ,
  listDeliveries: READ,
  retryDelivery: RESPOND,
  getPolicy: READ,
  reloadPolicy: CHANGE,
  evaluateData: READ,
  pushBundle: CHANGE,
  listBundles: READ,
  getBundle: READ,
  admitBundle: CHANGE,
  activateBundle: CHANGE,
  startShadow: CHANGE,
  startCanary: CHANGE,
  endShadow: RESPOND,
  endCanary: RESPOND,
  rollbackPolicy: RESPOND,
  getStatus: READ,
} as const satisfies Record<string, readonly AdminRole[]>;

export type AdminOperationId = keyof typeof OPERATION_ROLES;
