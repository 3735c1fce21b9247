import type { AgentOperations } from '../../../use-cases/operations.js';
import { compileCheck } from '../../../schema/compile.js';
import { checkAgentShape } from '../../../schema/registry.js';
import { readDocument, readJson, requireValid } from '../../admin-body.js';
import type { Handler } from '../../call.js';
import { pageOf, pageView } from '../../paging.js';
import { pathParam } from '../../path-param.js';
import type { RequestParsers } from '../../ports.js';
import { readQuery } from '../../query.js';
import { replyEmpty, replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { createdSecretView } from '../../secret-schema.js';
import { requireGivenVersion, requireSameId, splitVersion, tagOf } from '../../version.js';
import {
  agentView,
  RELEASE_BODY,
  STATUS_BODY,
  type ReleaseBody,
  type StatusBody,
} from './schema.js';

export interface AgentDeps {
  readonly operations: { readonly agents: AgentOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

const checkStatus = compileCheck<StatusBody>(STATUS_BODY);
const checkRelease = compileCheck<ReleaseBody>(RELEASE_BODY);

/** GET /admin/v1/agents. */
export function listAgents({ operations }: AgentDeps): Handler {
  return async (call) => {
    const page = pageOf(readQuery(call, ['limit', 'cursor']));
    return replyJson(200, pageView(await operations.agents.list(page), agentView));
  };
}

/** POST /admin/v1/agents: the secret is in this answer and never again. */
export function createAgent({ operations, parsers }: AgentDeps): Handler {
  return async (call) => {
    const spec = await readDocument(call, parsers, checkAgentShape);
    const { agent, secret } = await operations.agents.create(spec, adminContextOf(call));
    const document = { agent: agentView(agent), secret: createdSecretView(secret) };
    const headers = ['Location', `/admin/v1/agents/${spec.id}`, 'ETag', tagOf(agent.version)];
    return replyJson(201, document, headers);
  };
}

/** GET /admin/v1/agents/{id}. */
export function getAgent({ operations }: AgentDeps): Handler {
  return async (call) => {
    const agent = await operations.agents.get(pathParam(call, 'id'));
    return replyJson(200, agentView(agent), ['ETag', tagOf(agent.version)]);
  };
}

/** PUT /admin/v1/agents/{id}. */
export function updateAgent({ operations, parsers }: AgentDeps): Handler {
  return async (call) => {
    const id = pathParam(call, 'id');
    const versioned = splitVersion(call, await readJson(call, parsers));
    const spec = requireValid(versioned.spec, checkAgentShape);
    requireSameId(id, spec);
    const expected = requireGivenVersion(versioned);
    const agent = await operations.agents.update(id, spec, expected, adminContextOf(call));
    return replyJson(200, agentView(agent), ['ETag', tagOf(agent.version)]);
  };
}

/** DELETE /admin/v1/agents/{id}. */
export function deleteAgent({ operations }: AgentDeps): Handler {
  return async (call) => {
    await operations.agents.remove(pathParam(call, 'id'), adminContextOf(call));
    return replyEmpty(204);
  };
}

/** POST /admin/v1/agents/{id}/status. */
export function setAgentStatus({ operations, parsers }: AgentDeps): Handler {
  return async (call) => {
    const id = pathParam(call, 'id');
    const { status, reason } = await readDocument(call, parsers, checkStatus);
    const agent = await operations.agents.setStatus(id, status, reason, adminContextOf(call));
    return replyJson(200, agentView(agent), ['ETag', tagOf(agent.version)]);
  };
}

/** POST /admin/v1/agents/{id}/release. */
export function releaseAgent({ operations, parsers }: AgentDeps): Handler {
  return async (call) => {
    const id = pathParam(call, 'id');
    const { reason, signals = 'settled' } = await readDocument(call, parsers, checkRelease);
    const release = { reason, signals };
    const agent = await operations.agents.release(id, release, adminContextOf(call));
    return replyJson(200, agentView(agent), ['ETag', tagOf(agent.version)]);
  };
}

/** POST /admin/v1/agents/{id}/secrets: shown once. */
export function createAgentSecret({ operations }: AgentDeps): Handler {
  return async (call) => {
    const id = pathParam(call, 'id');
    const secret = await operations.agents.createSecret(id, adminContextOf(call));
    return replyJson(201, createdSecretView(secret));
  };
}

/** DELETE /admin/v1/agents/{id}/secrets/{secretId}. */
export function deleteAgentSecret({ operations }: AgentDeps): Handler {
  return async (call) => {
    const id = pathParam(call, 'id');
    await operations.agents.removeSecret(id, pathParam(call, 'secretId'), adminContextOf(call));
    return replyEmpty(204);
  };
}
