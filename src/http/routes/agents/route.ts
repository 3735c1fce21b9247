import { agentSpecSchema } from '../../../schema/registry.js';
import { adminRoute } from '../../admin-route.js';
import { PAGE_PARAMETERS, pageSchema } from '../../paging.js';
import { jsonAnswer, type Route } from '../../route.js';
import { CREATED_SECRET } from '../../secret-schema.js';
import { withVersion } from '../../version.js';
import * as handle from './handler.js';
import { AGENT, CREATED_AGENT, RELEASE_BODY, STATUS_BODY } from './schema.js';

const COLLECTION = '/admin/v1/agents';
const ONE = `${COLLECTION}/{id}`;

/** The registry's agents. */
export function agentRoutes(deps: handle.AgentDeps): readonly Route[] {
  return [...recordRoutes(deps), ...statusAndSecretRoutes(deps)];
}

function recordRoutes(deps: handle.AgentDeps): readonly Route[] {
  return [
    adminRoute('listAgents', {
      summary: 'List agents.',
      method: 'GET',
      path: COLLECTION,
      query: PAGE_PARAMETERS,
      responses: { 200: jsonAnswer('A page of agents.', pageSchema(AGENT)) },
      handler: handle.listAgents(deps),
    }),
    adminRoute('createAgent', {
      summary: 'Create an agent; its secret is in the answer and is never shown again.',
      method: 'POST',
      path: COLLECTION,
      json: agentSpecSchema,
      responses: { 201: jsonAnswer('Created.', CREATED_AGENT) },
      errors: ['conflict'],
      handler: handle.createAgent(deps),
    }),
    adminRoute('getAgent', {
      summary: 'One agent.',
      method: 'GET',
      path: ONE,
      responses: { 200: jsonAnswer('The agent.', AGENT) },
      errors: ['not_found'],
      handler: handle.getAgent(deps),
    }),
    adminRoute('updateAgent', {
      summary: 'Replace what is written about an agent, when its version is still the one named.',
      method: 'PUT',
      path: ONE,
      json: withVersion(agentSpecSchema),
      responses: { 200: jsonAnswer('Replaced.', AGENT) },
      errors: ['not_found', 'conflict'],
      handler: handle.updateAgent(deps),
    }),
    adminRoute('deleteAgent', {
      summary: 'Delete an agent and revoke its tokens.',
      method: 'DELETE',
      path: ONE,
      responses: { 204: { description: 'Deleted.' } },
      errors: ['not_found', 'conflict'],
      handler: handle.deleteAgent(deps),
    }),
  ];
}

function statusAndSecretRoutes(deps: handle.AgentDeps): readonly Route[] {
  return [
    adminRoute('setAgentStatus', {
      summary: 'Disable, quarantine or release an agent.',
      method: 'POST',
      path: `${ONE}/status`,
      json: STATUS_BODY,
      responses: { 200: jsonAnswer('The agent as it is now.', AGENT) },
      errors: ['not_found', 'conflict'],
      handler: handle.setAgentStatus(deps),
    }),
    adminRoute('releaseAgent', {
      summary: 'End an agent’s quarantine; its tokens stay dead.',
      method: 'POST',
      path: `${ONE}/release`,
      json: RELEASE_BODY,
      responses: { 200: jsonAnswer('The agent as it is now.', AGENT) },
      errors: ['not_found', 'conflict'],
      handler: handle.releaseAgent(deps),
    }),
    adminRoute('createAgentSecret', {
      summary: 'Make a second secret, for rollover; at most two are valid at a time.',
      method: 'POST',
      path: `${ONE}/secrets`,
      responses: { 201: jsonAnswer('Shown once.', CREATED_SECRET) },
      errors: ['not_found', 'conflict'],
      handler: handle.createAgentSecret(deps),
    }),
    adminRoute('deleteAgentSecret', {
      summary: 'End a secret.',
      method: 'DELETE',
      path: `${ONE}/secrets/{secretId}`,
      responses: { 204: { description: 'It no longer authenticates.' } },
      errors: ['not_found', 'conflict'],
      handler: handle.deleteAgentSecret(deps),
    }),
  ];
}
