import type { PolicyInput } from '../../../domain/policy.js';
import { caseInput, compareCase, parseCases, type PolicyCase } from '../../author/cases.js';
import type { Candidate } from '../candidate.js';
import type { Found } from '../step-runner.js';
import type { Whereabouts } from '../whereabouts.js';

/** Runs step `cases`: the bundle's test cases in the serving WASM. Throws CasesInvalid. */
export function runCases(candidate: Candidate, where: Whereabouts): Found<readonly PolicyInput[]> {
  const texts = candidate.bundle.cases;
  if (texts.size === 0) {
    return {
      value: [],
      detail: 'the bundle carries no cases (cases/<name>.json): nothing was run',
    };
  }
  const cases = parseCases(texts);
  const problems = cases.flatMap((one) => {
    where.doing(`cases: ${one.file}: ${one.name}`);
    return differences(candidate, one).map((what) => `${one.file}: ${one.name}: ${what}`);
  });
  const detail = `${String(cases.length)} cases in ${String(texts.size)} files`;
  return { value: cases.map(caseInput), detail, problems };
}

function differences(candidate: Candidate, one: PolicyCase): string[] {
  const { result, problem } = candidate.decide(caseInput(one));
  return result === undefined ? [problem ?? 'no decision'] : compareCase(one, result);
}
