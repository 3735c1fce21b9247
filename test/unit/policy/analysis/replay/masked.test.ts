import { expect } from 'chai';
import { createKeepInput, maskKey } from '../../../../../src/audit/keep-input.js';
import type { PolicyInput } from '../../../../../src/domain/policy.js';
import type { ReplayReport } from '../../../../../src/domain/policy-analysis.js';
import type { RecordedDecision } from '../../../../../src/domain/policy-lifecycle.js';
import { canonicalJson } from '../../../../../src/policy/json/canonical.js';
import { requestInput } from '../../engine-of.js';
import { grants, judgeOf, record, replayed } from './recorded.js';

const KEY = maskKey(Buffer.alloc(32, 1));
const USER = '/request/declared/user_id';
const ALLOW = grants('true');

function asking(user: string): PolicyInput {
  return requestInput({ request: { declared: { user_id: user } }, agent: { id: 'alpha' } });
}

async function masked(user: string): Promise<RecordedDecision> {
  const input = asking(user);
  const keep = createKeepInput({ mode: 'masked', maxBytes: 16_384, mask: [USER], key: KEY });
  const { text = '', note } = keep(canonicalJson(input));
  const decision = await record(await judgeOf(ALLOW), 'dec', input);
  expect(text).not.to.contain(`"user_id":"${user}"`);
  return { ...decision, ...note, input: JSON.parse(text) as PolicyInput };
}

async function through(user: string, rego: string, data?: unknown): Promise<ReplayReport> {
  return replayed([await masked(user)], rego, {
    keys: [KEY],
    ...(data === undefined ? {} : { data }),
  });
}

describe('replay of masked inputs', function () {
  this.timeout(60_000);

  it('is said to be masked when the outcome does not depend on what is hidden', async () => {
    expect(await through('carol', ALLOW)).to.deep.include({
      masked: 1,
      unchanged: 1,
      not_replayable: [],
    });
  });

  it('finds the text again that the policy compares with, in its data, its rules or the input itself', async () => {
    const user = 'input.request.declared.user_id';
    const inData = grants(`${user} != data.blocked[0]`);
    for (const rego of [
      grants(`${user} != "mallory"`),
      grants(`not startswith(${user}, "mallory")`),
    ]) {
      expect((await through('mallory', rego)).changes).to.deep.equal({ allow_to_deny: 1 });
      expect((await through('carol', rego)).changes).to.deep.equal({});
    }
    expect((await through('mallory', inData, { blocked: ['mallory'] })).changes).to.deep.equal({
      allow_to_deny: 1,
    });
    expect(await through('alpha', grants(`${user} != input.agent.id`))).to.deep.include({
      masked: 0,
      changes: { allow_to_deny: 1 },
    });
  });

  it('is not replayable, with the pointers, when the outcome depends on a masked text', async () => {
    const report = await through('carol', grants('count(input.request.declared.user_id) > 20'));
    expect(report).to.deep.include({ replayed: 0, masked: 0 });
    expect(report.not_replayable).to.deep.equal([
      { reason: `masked: ${USER}`, count: 1, example: 'dec' },
    ]);
  });

  it('takes nothing for masked that only looks like it', async () => {
    const user = `hmac-sha256:${'0'.repeat(64)}`;
    const decision = await record(await judgeOf(ALLOW), 'dec', asking(user));
    const report = await replayed(
      [decision],
      grants(`input.request.declared.user_id == "${user}"`),
      {
        keys: [KEY],
      },
    );
    expect(report).to.deep.include({ masked: 0, unchanged: 1 });
  });
});
