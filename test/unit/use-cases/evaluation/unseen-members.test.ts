import { expect } from 'chai';
import type { AccessQuestion } from '../../../../src/domain/access-evaluation.js';
import type { AppliedDecision } from '../../../../src/domain/obligations.js';
import { withholdUnseen } from '../../../../src/use-cases/evaluation/unseen-members.js';

const PERMIT = {
  decision: { effect: 'allow', scopes: ['read'], ttlSeconds: 60, removed: [], reasons: [] },
  alarms: ['honey'],
  quarantine: 'policy',
} as unknown as AppliedDecision;
const withUnseen = (...unseen: string[]): AccessQuestion =>
  ({ unseen }) as unknown as AccessQuestion;

describe('members of a question that the policy cannot see', () => {
  it('turn a permit into a denial that names them, with its alarms and its quarantine', () => {
    const { decision, ...kept } = withholdUnseen(withUnseen('context.ip'), PERMIT);
    expect(decision).to.include({ effect: 'deny', ttlSeconds: 0 });
    expect(decision.scopes).to.deep.equal([]);
    expect(decision.reasons[0]?.message).to.contain('context.ip');
    expect(kept).to.deep.equal({ alarms: ['honey'], quarantine: 'policy' });
  });

  it('leave a permit of a question without them', () => {
    expect(withholdUnseen(withUnseen(), PERMIT)).to.equal(PERMIT);
  });
});
