import { expect } from 'chai';
import { createReplayGate } from '../../../src/app/policy/gates.js';
import { CountersignError } from '../../../src/domain/errors.js';
import type { BundleRecord } from '../../../src/domain/policy-lifecycle.js';

const CONTEXT = { requestId: 'req_1', principal: { kind: 'admin', id: 'ann' } } as const;
const RECORD = { digest: 'sha256:new' } as BundleRecord;
const PROBLEM = 'audit store missing: events were exported to a store, and there is none here';

/** Asks the gate of a node, and returns the error. The replay says that it was asked. */
async function ask(problem: string | undefined, minCoverage: number): Promise<CountersignError> {
  const replay = (): Promise<never> => Promise.reject(new CountersignError('conflict', 'replayed'));
  const gate = createReplayGate({ replay }, () => Promise.resolve(problem));
  return gate.replay(RECORD, minCoverage, CONTEXT).then(
    () => expect.fail('it passed'),
    (error: unknown) => error as CountersignError,
  );
}

describe('the replay gate of a node', () => {
  it('that has not the record refuses, and says where to ask', async () => {
    const { code, detail, fields } = await ask(PROBLEM, 0.9);
    expect({ code, detail }).to.deep.equal({
      ...{ code: 'conflict', detail: 'This node does not have the record to replay.' },
    });
    expect(fields.problems).to.deep.equal([{ pointer: '', message: PROBLEM }]);
    expect(fields.hint).to.include('shares the audit store').and.include('--min-coverage 0');
  });

  it('that has not the record replays what is there when no coverage is asked for', async () => {
    expect((await ask(PROBLEM, 0)).detail).to.equal('replayed');
  });

  it('that has the record replays it', async () => {
    expect((await ask(undefined, 0.9)).detail).to.equal('replayed');
  });
});
