import { expect } from 'chai';
import { CountersignError } from '../../../../src/domain/errors.js';
import type { BundleRecord } from '../../../../src/domain/policy-lifecycle.js';
import type { ReplaySample } from '../../../../src/domain/replay-sample.js';
import { passReplay, type GateResult } from '../../../../src/use-cases/policy/replay-gate.js';
import { sampledReplay } from '../../../support/sampled-replay.js';

const CONTEXT = { requestId: 'req_1', principal: { kind: 'admin', id: 'ann' } } as const;
const RECORD = { digest: 'sha256:new' } as BundleRecord;

function pass(sample: Partial<ReplaySample>, allowNewGrants = 0): Promise<GateResult> {
  const changes = { deny_to_allow: 2, wider: 1 };
  const replay = { replayed: 60, changes, sample: sampledReplay(sample) } as never;
  const replayGate = { replay: () => Promise.resolve(replay) };
  return passReplay({ replayGate }, RECORD, { allowNewGrants }, CONTEXT);
}

async function refusal(gate: Promise<GateResult>): Promise<string> {
  const error: unknown = await gate.then(
    () => 'it passed',
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(CountersignError).with.property('code', 'bundle_refused');
  return JSON.stringify((error as CountersignError).fields.problems);
}

describe('the replay gate', () => {
  it('refuses new grants beyond the allowance', async () => {
    expect(await refusal(pass({ new_grants: 1 }))).to.contain('2 would turn from deny to allow');
    expect(await refusal(pass({ new_grants: 4 }, 3))).to.contain('3 are allowed');
    expect(await pass({ new_grants: 3 }, 3)).to.include({ new_grants: 3 });
  });

  it('refuses a sample that covers too little', async () => {
    const sample = {
      verdict: 'low_coverage',
      coverage: 0.5,
      strata: 6,
      strata_replayed: 3,
    } as const;
    expect(await refusal(pass(sample, 1000))).to.contain('50 % of the strata');
    expect(await pass({ verdict: 'nothing_to_replay' })).to.include({ strata: 6 });
  });
});
