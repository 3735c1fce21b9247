import { compileCheck } from '../../../schema/compile.js';
import { checkAgentShape, agentSpecSchema } from '../../../schema/registry.js';
import type { AgentOperations } from '../../../use-cases/operations.js';
import { readDocument } from '../../admin-body.js';
import { CHANGE, READ, RESPOND } from '../../admin-roles.js';
import { adminRoute, type AdminRoute } from '../../admin-route.js';
import { pageView, PAGE_PARAMETERS, pageSchema, readPage } from '../../paging.js';
import { pathParam } from '../../path-param.js';
import type { Reply } from '../../call.js';
import type { RequestParsers } from '../../ports.js';
import { replyEmpty, replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { jsonAnswer } from '../../route.js';
import {
  createSecretRoute,
  deleteAgentSecretRoute,
  listSecretsRoute,
} from '../../secret-routes.js';
import {
  createdSecretView,
  LIVE_TOKENS,
  readLiveTokens,
  CREATE_QUERY,
  readCreateOption,
  readRestoreOption,
  RESTORE_QUERY,
} from '../../secret-schema.js';
import { readReplacement, replyRecord, requireVersion, tagOf, withVersion } from '../../version.js';
import {
  agentView,
  RELEASE_BODY,
  RESTORE_BODY,
  STATUS_BODY,
  type ReleaseBody,
  type StatusBody,
  AGENT,
  CHANGED_AGENT,
  CREATED_AGENT,
} from './schema.js';

export interface AgentDeps {
  readonly operations: { readonly agents: AgentOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

const checkStatus = compileCheck<StatusBody>(STATUS_BODY);
const checkRestore = compileCheck<{ readonly reason: string }>(RESTORE_BODY);
const checkRelease = compileCheck<ReleaseBody>(RELEASE_BODY);
const COLLECTION = '/admin/v1/agents';
const ONE = `${COLLECTION}/{id}`;

/** Returns the routes of the agent registry. */
export function agentRoutes(deps: AgentDeps): readonly AdminRoute[] {
  return [
    listAgents(deps),
    createAgent(deps),
    getAgent(deps),
    updateAgent(deps),
    deleteAgent(deps),
    restoreAgent(deps),
    setAgentStatus(deps),
    releaseAgent(deps),
    listSecretsRoute('listAgentSecrets', ONE, deps.operations.agents),
    createSecretRoute('createAgentSecret', ONE, deps.operations.agents),
    deleteAgentSecretRoute(ONE, deps.operations.agents),
  ];
}

function listAgents({ operations }: AgentDeps): AdminRoute {
  return adminRoute('listAgents', {
    summary: 'List agents.',
    method: 'GET',
    path: COLLECTION,
    roles: READ,
    query: PAGE_PARAMETERS,
    responses: { 200: jsonAnswer('A page of agents.', pageSchema(AGENT)) },
    handler: async (call) => {
      const page = await operations.agents.list(readPage(call));
      return replyJson(200, pageView(page, agentView));
    },
  });
}

/** Creates an agent; only this response contains the secret. */
function createAgent({ operations, parsers }: AgentDeps): AdminRoute {
  return adminRoute('createAgent', {
    summary: 'Create an agent; only this response contains its secret.',
    method: 'POST',
    path: COLLECTION,
    roles: CHANGE,
    json: agentSpecSchema,
    query: CREATE_QUERY,
    responses: { 201: jsonAnswer('Created.', CREATED_AGENT) },
    errors: ['conflict'],
    handler: async (call) => {
      const option = readCreateOption(call);
      const spec = await readDocument(call, parsers, checkAgentShape);
      const context = adminContextOf(call);
      return replyCreated(await operations.agents.create(spec, context, option));
    },
  });
}

/** Restores a deleted agent; only this response contains the new secret. */
function restoreAgent({ operations, parsers }: AgentDeps): AdminRoute {
  return adminRoute('restoreAgent', {
    summary: 'Restore a deleted agent in its former status; its revoked tokens stay revoked.',
    method: 'POST',
    path: `${ONE}/restore`,
    roles: CHANGE,
    json: RESTORE_BODY,
    query: RESTORE_QUERY,
    responses: { 201: jsonAnswer('Restored, with a new secret.', CREATED_AGENT) },
    errors: ['not_found', 'conflict'],
    handler: async (call) => {
      const id = pathParam(call, 'id');
      const option = readRestoreOption(call);
      const { reason } = await readDocument(call, parsers, checkRestore);
      const context = adminContextOf(call);
      return replyCreated(await operations.agents.restore(id, reason, context, option));
    },
  });
}

function replyCreated({ agent, secret }: Awaited<ReturnType<AgentOperations['create']>>): Reply {
  const document = { agent: agentView(agent), secret: createdSecretView(secret) };
  const headers = ['Location', `/admin/v1/agents/${agent.spec.id}`, 'ETag', tagOf(agent.version)];
  return replyJson(201, document, headers);
}

function getAgent({ operations }: AgentDeps): AdminRoute {
  return adminRoute('getAgent', {
    summary: 'Get an agent.',
    method: 'GET',
    path: ONE,
    roles: READ,
    responses: { 200: jsonAnswer('The agent.', AGENT) },
    errors: ['not_found'],
    handler: async (call) => {
      const agent = await operations.agents.get(pathParam(call, 'id'));
      return replyRecord(agent, agentView);
    },
  });
}

function updateAgent({ operations, parsers }: AgentDeps): AdminRoute {
  return adminRoute('updateAgent', {
    summary: 'Replace an agent’s record, if its version is still current.',
    method: 'PUT',
    path: ONE,
    roles: CHANGE,
    json: withVersion(agentSpecSchema),
    query: { live_tokens: LIVE_TOKENS },
    responses: { 200: jsonAnswer('Replaced.', CHANGED_AGENT) },
    errors: ['not_found', 'conflict'],
    handler: async (call) => {
      const option = readLiveTokens(call);
      const { spec, version } = await readReplacement(call, parsers, checkAgentShape);
      const expected = requireVersion(version);
      const context = adminContextOf(call);
      const changed = await operations.agents.update(spec.id, spec, expected, context, option);
      const live_tokens = changed.liveTokens;
      return replyRecord(changed.agent, (agent) => ({ ...agentView(agent), live_tokens }));
    },
  });
}

function deleteAgent({ operations }: AgentDeps): AdminRoute {
  return adminRoute('deleteAgent', {
    summary: 'Delete an agent and revoke its tokens.',
    method: 'DELETE',
    path: ONE,
    roles: CHANGE,
    responses: { 204: { description: 'Deleted.' } },
    errors: ['not_found', 'conflict'],
    handler: async (call) => {
      await operations.agents.remove(pathParam(call, 'id'), adminContextOf(call));
      return replyEmpty(204);
    },
  });
}

function setAgentStatus({ operations, parsers }: AgentDeps): AdminRoute {
  return adminRoute('setAgentStatus', {
    summary: 'Disable, quarantine or release an agent.',
    method: 'POST',
    path: `${ONE}/status`,
    roles: RESPOND,
    json: STATUS_BODY,
    responses: { 200: jsonAnswer('The agent as it is now.', AGENT) },
    errors: ['not_found', 'conflict'],
    handler: async (call) => {
      const id = pathParam(call, 'id');
      const { status, reason } = await readDocument(call, parsers, checkStatus);
      const agent = await operations.agents.setStatus(id, status, reason, adminContextOf(call));
      return replyRecord(agent, agentView);
    },
  });
}

function releaseAgent({ operations, parsers }: AgentDeps): AdminRoute {
  return adminRoute('releaseAgent', {
    summary: 'End an agent’s quarantine; its revoked tokens stay revoked.',
    method: 'POST',
    path: `${ONE}/release`,
    roles: RESPOND,
    json: RELEASE_BODY,
    responses: { 200: jsonAnswer('The agent as it is now.', AGENT) },
    errors: ['not_found', 'conflict'],
    handler: async (call) => {
      const id = pathParam(call, 'id');
      const { reason, signals = 'settled' } = await readDocument(call, parsers, checkRelease);
      const release = { reason, signals };
      const agent = await operations.agents.release(id, release, adminContextOf(call));
      return replyRecord(agent, agentView);
    },
  });
}
