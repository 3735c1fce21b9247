import type { AuthorOperations } from '../../src/use-cases/policy/author.js';
import type { BuildSummary, CheckReport, TestReport } from '../../src/domain/policy-author.js';

export const BUILT: BuildSummary = {
  ...{ revision: 'rev-2', digest: `sha256:${'b'.repeat(64)}`, opa_version: '1.22.2', sequence: 0 },
  ...{ entrypoints: ['countersign/decision'], size_bytes: 3, files: ['.manifest', 'policy.wasm'] },
};

export const TESTED: TestReport = {
  ...{ ok: false, revision: 'rev-2', coverage_percent: 97.5 },
  steps: [{ name: 'cases', ok: false, detail: '0 of 1', problems: ['a.json: x: no'], took_ms: 1 }],
  failed_cases: [{ file: 'a.json', name: 'x', problems: ['no'] }],
};

export const CHECKED: CheckReport = {
  ...{ ok: false, files: 1 },
  findings: [
    {
      ...{ file: 'a.rego', line: 3, column: 1, rule: 'builtin', severity: 'error' },
      ...{ message: 'http.send is not there', hint: 'Do without.' },
    },
  ],
};

type Answer = <T>(operation: string, answer: T, ...passed: unknown[]) => Promise<T>;

/** Author operations that remember what they were asked. */
export function fakePolicyAuthor(answer: Answer): AuthorOperations {
  const archive = new Uint8Array([0x1f, 0x8b, 0xff]);
  return {
    build: (sources, order) => answer('author.build', { ...BUILT, archive }, sources, order),
    test: (sources, order) => answer('author.test', TESTED, sources, order),
    check: (sources) => answer('author.check', CHECKED, sources),
  };
}
