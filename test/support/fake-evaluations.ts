import type { DataAnswer } from '../../src/use-cases/policy/evaluate-data.js';
import type { Judgement } from '../../src/domain/access-evaluation.js';

const DECISION_ID = 'dec_17_00000000000000000000000000';

export const JUDGEMENT: Judgement = {
  decision: true,
  decisionId: DECISION_ID,
  ttlSeconds: 300,
};

export const DATA_ANSWER: DataAnswer = {
  decisionId: DECISION_ID,
  defined: true,
  result: { effect: 'deny' },
  revision: 'rev-1',
  inputDigest: 'sha256:00',
  evaluationNs: 1000,
};
