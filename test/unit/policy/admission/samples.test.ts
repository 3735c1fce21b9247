import { expect } from 'chai';
import { join } from 'node:path';
import { createAdmissionSamples } from '../../../../src/app/policy/admission-samples.js';
import { openAuditStore } from '../../../../src/audit/store.js';
import { PROBE_INPUT } from '../../../../src/policy/serving/probe.js';
import { SILENT_LOG } from '../../../support/silent-log.js';
import { entry, event, scratchFolder } from '../../audit/fakes.js';

describe('the inputs that the service gives to admission', function () {
  this.timeout(240_000);
  const scratch = scratchFolder();
  after(scratch.remove);
  const none = {
    agentStore: { idsOfShard: () => Promise.resolve([]), read: () => Promise.resolve(undefined) },
    catalogueStore: { listResources: () => Promise.resolve([]) },
    shards: 1,
  };

  it('are those of recorded decisions, each agent in turn', async () => {
    const storePath = join(scratch.folder, 'audit.db');
    const store = openAuditStore(storePath);
    const entries = Array.from({ length: 300 }, (_, i) =>
      entry(
        i + 1,
        [
          event({
            ...{ agent_id: i < 250 ? 'flood' : `agent-${String(i % 10)}`, resource: 'r' },
            ...{ effect: 'allow', scopes_requested: ['a'], scopes_granted: ['a'], rules: [] },
            ...{ policy_revision: 'rev', input_digest: 'sha256:00' },
            policy_input: { ...PROBE_INPUT, agent: { ...PROBE_INPUT.agent, id: String(i) } },
          }),
        ],
        { tickMs: Date.now() - 1000 + i },
      ),
    );
    const streamId = entries.at(-1)?.streamId ?? '';
    store.appendBatch(0, undefined, entries, { epoch: 'e1', streamId });
    store.close();
    const { recorded, registry } = await createAdmissionSamples(
      { ...none, storePath },
      SILENT_LOG,
      { deadlineMs: 110_000, heapMiB: 256 },
    )();
    expect(registry).to.deep.equal([]);
    expect(recorded).to.have.length(10 * 5 + 8);
    expect(recorded.filter(({ agent: { id } }) => Number(id) < 250)).to.have.length(8);
  });

  it('are empty without a record, and where the registry cannot be read', async () => {
    const storePath = join(scratch.folder, 'none.db');
    const catalogueStore = { listResources: () => Promise.reject(new Error('no store')) };
    const samples = createAdmissionSamples({ ...none, catalogueStore, storePath }, SILENT_LOG);
    expect(await samples()).to.deep.equal({ recorded: [], registry: [] });
  });
});
