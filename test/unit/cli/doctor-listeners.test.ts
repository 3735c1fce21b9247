import { expect } from 'chai';
import { run } from './fake-terminal.js';

describe('doctor and an answer that is no readiness', () => {
  const about = (out: string): string =>
    out.slice(out.indexOf('service: ')).split('\n').slice(0, 2).join('\n');

  it('fails for a refusal, with the hint of the problem, and asks nothing else', async () => {
    const hint = 'Add the name to listeners.admin.allowed_hosts.';
    const body = { error: 'host_not_allowed', detail: 'Not this host.', hint };
    const { code, out, sent } = await run(['doctor'], { answer: () => ({ status: 403, body }) });
    expect(code).to.equal(1);
    expect(out)
      .to.contain('FAIL  service: ')
      .and.not.to.match(/admin api|port\//);
    expect(about(out))
      .to.contain('answers 403: host_not_allowed: Not this host.')
      .and.contain(hint);
    expect(sent).to.have.length(1);
  });

  it('fails for another program, also with 200 and 503', async () => {
    for (const answer of [
      { status: 404, body: { message: 'no such page' } },
      { status: 200, body: { status: 'ok' } },
      { status: 200, body: 'hello' },
      { status: 503, body: { checks: 'none' } },
      { status: 204 },
    ]) {
      const { code, out } = await run(['doctor'], { answer: () => answer });
      expect(code).to.equal(1);
      expect(out).to.contain('FAIL  service: ');
      expect(about(out)).to.contain(`answers ${String(answer.status)}`);
      expect(about(out)).to.contain('COUNTERSIGN_ADMIN_URL');
    }
  });

  it('passes for a readiness, whether ready or not', async () => {
    for (const status of [200, 503]) {
      const { out } = await run(['doctor'], { answer: () => ({ status, body: { checks: [] } }) });
      expect(out).to.contain(`ok    service: http://127.0.0.1:9 answers (${String(status)})`);
    }
  });
});

describe('doctor and the listeners', () => {
  it('looks at the port of the probes listener when it is on', async () => {
    const env = { COUNTERSIGN_LISTENERS_PROBES_PORT: '0' };
    const off = await run(['doctor'], { env });
    expect(off.out).to.contain('port/admin').and.not.to.contain('port/probes');
    const on = await run(['doctor'], {
      env: { ...env, COUNTERSIGN_LISTENERS_PROBES_ENABLED: 'true' },
    });
    expect(on.out).to.contain('port/probes: 127.0.0.1:0 is free');
  });
});
