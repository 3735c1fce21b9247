import { expect } from 'chai';
import type { PolicyResult } from '../../../../src/domain/policy.js';
import { compareWithSources, type CaseDecision } from '../../../../src/policy/author/case-run.js';
import type { PolicyCase } from '../../../../src/policy/author/cases.js';
import type { Workspace } from '../../../../src/policy/author/workspace.js';
import { PROBE_INPUT } from '../../../../src/policy/serving/probe.js';

const CASE: PolicyCase = {
  ...{ file: 'a.json', name: 'x', input: PROBE_INPUT, breaksSchema: false },
  expect: { effect: 'deny', scopes: [] },
};
const DENIED: PolicyResult = { effect: 'deny', reasons: [], obligations: [] };
const REFUSED: PolicyResult = {
  ...DENIED,
  reasons: [{ rule: 'countersign.engine', code: 'policy_result_invalid', message: '' }],
};

/** A workspace in which `opa eval` answers this for the one case. */
function answering(answer: unknown, code = 0): Workspace {
  const stdout = JSON.stringify(answer === undefined ? {} : { '0': answer });
  return {
    folder: '/nowhere',
    leftMs: () => 1000,
    opa: () => Promise.resolve({ code, stdout, stderr: 'eval_conflict_error' }),
  };
}

async function problems(decision: CaseDecision, answer: unknown, code = 0): Promise<string[]> {
  const workspace = answering(answer, code);
  const entrypoint = 'countersign/decision';
  return [...(await compareWithSources(workspace, entrypoint, [CASE], [decision])).problems];
}

describe('WASM compared with opa eval', () => {
  it('agrees on an equal decision, whatever the order of its lists', async () => {
    const reasons = ['b', 'a'].map((code) => ({ rule: 'r', code, message: 'm' }));
    const result = { ...DENIED, reasons: [...reasons].reverse() };
    expect(await problems({ result }, { ...DENIED, reasons })).to.deep.equal([]);
  });

  it('differs on another decision, and shows both', async () => {
    const other = {
      ...DENIED,
      effect: 'review',
      review: { approvers: [], expires_in_seconds: 1, reason: '' },
    };
    const [said] = await problems({ result: DENIED }, other);
    expect(said).to.match(/^a\.json: x: WASM .*"deny".*, opa eval .*"review"/);
  });

  it('agrees that there is no decision, and differs where only one has none', async () => {
    expect(await problems({ result: REFUSED }, undefined)).to.deep.equal([]);
    expect(await problems({ result: REFUSED }, { effect: 'permit' })).to.deep.equal([]);
    expect(await problems({ result: DENIED }, undefined)).to.have.length(1);
    expect(await problems({ result: REFUSED }, DENIED)).to.have.length(1);
  });

  it('says so when opa eval fails', async () => {
    expect((await problems({ result: DENIED }, DENIED, 2)).join()).to.contain(
      'eval_conflict_error',
    );
  });
});
