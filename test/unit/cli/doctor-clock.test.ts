import { expect } from 'chai';
import { CLOCKS_UNREAD } from '../../../src/domain/readiness.js';
import { run } from './fake-terminal.js';

const DETAIL = 'the tick of 65 of 65 slots is up to 7200 s ahead of the clock of Redis';

describe('doctor and the clocks', () => {
  it('fails with the detail of the readiness check, and points to the runbook', async () => {
    const checks = [{ name: 'clock', ok: false, detail: DETAIL, ms: 1 }];
    const { code, out } = await run(['doctor'], {
      answer: () => ({ status: 503, body: { status: 'not_ready', checks } }),
    });
    expect(code).to.equal(1);
    expect(out).to.contain(`FAIL  ready/clock: ${DETAIL}`);
    expect(out).to.contain('docs/operate/runbooks/clocks-apart.md');
  });

  it('points to Redis, not to NTP, when the clocks cannot be read', async () => {
    const checks = [{ name: 'clock', ok: false, detail: `${CLOCKS_UNREAD}: x`, ms: 1 }];
    const { out } = await run(['doctor'], {
      answer: () => ({ status: 503, body: { status: 'not_ready', checks } }),
    });
    const line = out.slice(out.indexOf('FAIL  ready/clock')).split('\n')[1];
    expect(line).to.contain('redis-cannot-be-reached.md').and.not.contain('NTP');
  });
});
