import { expect } from 'chai';
import type { AgentRecord, ResourceRecord } from '../../../../src/domain/records.js';
import { isPromised } from '../../../../src/policy/admission/inputs/input-schema.js';
import { NEUTRAL_INPUT } from '../../../../src/policy/serving/neutral-input.js';
import {
  registryInputs,
  type RegistryInputDeps,
} from '../../../../src/use-cases/policy/registry-inputs.js';

function agent(id: string, more: Partial<AgentRecord> = {}): AgentRecord {
  return {
    spec: { id, roles: ['reader'], grants: [{ resource: 'library', scopes: ['read:*'] }] },
    ...{ secrets: [], source: 'api', config_digest: '', created_at_ms: 1, updated_at_ms: 1 },
    ...{ status: 'active', version: 1, ...more },
  };
}

function resource(id: string, deleted = false): ResourceRecord {
  const scopes = ['search', 'lend'].map(
    (name) => ({ name, risk: 'low', description: '' }) as const,
  );
  return {
    spec: { id, audiences: [`https://${id}.example`], scopes },
    ...{ source: 'api', config_digest: '', version: 1, deleted, updated_at_ms: 1 },
  };
}

function deps(
  agents: readonly AgentRecord[],
  resources: readonly ResourceRecord[],
): RegistryInputDeps {
  return {
    agents: {
      idsOfShard: (shard, _after, limit) =>
        Promise.resolve(shard === 1 ? agents.slice(0, limit).map(({ spec }) => spec.id) : []),
      read: (id) => Promise.resolve(agents.find(({ spec }) => spec.id === id)),
    },
    catalogue: { listResources: () => Promise.resolve(resources) },
    ...{ shards: 2, signals: NEUTRAL_INPUT.signals, nowMs: NEUTRAL_INPUT.now.unix_ms },
  };
}

describe('inputs of the registry', () => {
  it('are requests of each agent for its grants and for the scopes of each resource', async () => {
    const inputs = await registryInputs(
      deps(
        [agent('a'), agent('gone', { status: 'disabled' })],
        [resource('library'), resource('old', true)],
      ),
    );
    expect(inputs.map(({ agent: { id }, request }) => [id, ...request.scopes])).to.deep.equal([
      ['a', 'read:example'],
      ['a', 'search'],
      ['a', 'lend'],
    ]);
    expect(inputs.every(isPromised)).to.equal(true);
  });

  it('are spread over all agents, at most 256', async () => {
    const agents = Array.from({ length: 64 }, (_, i) => agent(`agent-${String(i)}`));
    const resources = Array.from({ length: 9 }, (_, i) => resource(`r${String(i)}`));
    const inputs = await registryInputs(deps(agents, resources));
    expect(inputs).to.have.length(256);
    expect(new Set(inputs.map((one) => one.agent.id)).size).to.equal(64);
  });

  it('are none without agents or resources', async () => {
    expect(await registryInputs(deps([], [resource('library')]))).to.deep.equal([]);
    expect(await registryInputs(deps([agent('a')], []))).to.deep.equal([]);
  });
});
