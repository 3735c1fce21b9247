import { expect } from 'chai';
import { run } from './fake-terminal.js';

describe('doctor and the audit sinks', () => {
  for (const [problem, page] of [
    ['audit sink failing: file:/audit.jsonl (ENOSPC)', 'docs/operate/rotate-files.md'],
    ['audit store missing: read the runbook', 'docs/operate/runbooks/audit-store-lost.md'],
  ] as const) {
    it(`fails with the detail, and points to ${page}`, async () => {
      const body = { status: 'ready', checks: [], items: [], complete: true, problem };
      const { code, out } = await run(['doctor'], {
        answer: () => ({ status: 200, body }),
        env: { COUNTERSIGN_ADMIN_TOKEN: 'csa_test' },
      });
      expect(code).to.equal(1);
      expect(out).to.contain(problem).and.to.contain(page);
    });
  }
});
