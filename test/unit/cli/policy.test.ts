import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUNDLE, OVERVIEW } from '../../support/fake-policy.js';
import { run } from './fake-terminal.js';

describe('countersign policy', () => {
  it('push sends the bytes of an archive', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'countersign-cli-'));
    const file = join(dir, 'bundle.tar.gz');
    writeFileSync(file, Buffer.from([0x1f, 0x8b, 0xff]));
    const ran = await run(['policy', 'push', file], {
      answer: () => ({ status: 201, body: BUNDLE }),
    });
    rmSync(dir, { recursive: true });
    expect(ran.code, ran.err).to.equal(0);
    expect(ran.sent[0]).to.include({ method: 'POST', body: '1f8bff' });
    expect(ran.sent[0]?.headers).to.include({ 'content-type': 'application/gzip' });
    expect(ran.out).to.contain(BUNDLE.digest);
  });

  it('push of nothing is a usage error, and nothing is sent', async () => {
    const ran = await run(['policy', 'push', '/nowhere/bundle.tar.gz']);
    expect(ran.code).to.equal(2);
    expect(ran.sent).to.deep.equal([]);
  });

  it('admit ends with 1 for a refused bundle and says why, step by step', async () => {
    const ran = await run(['policy', 'admit', 'rev-1'], {
      answer: () => ({ status: 200, body: BUNDLE }),
    });
    expect(ran.code).to.equal(1);
    expect(ran.err).to.contain('admitting rev-1');
    expect(ran.out)
      .to.match(/module +FAIL/)
      .and.to.contain('http.send');
    const report = { ...BUNDLE.report, ok: true, steps: [] };
    const admitted = await run(['policy', 'admit', 'rev-1', '--json'], {
      answer: () => ({ status: 200, body: { ...BUNDLE, report } }),
    });
    expect(admitted.code).to.equal(0);
    expect(JSON.parse(admitted.out)).to.deep.include({ digest: BUNDLE.digest });
  });

  it('status shows a bundle in several roles once, with its answers on all nodes', async () => {
    const [digest, other] = ['a', 'b'].map((hex) => `sha256:${hex.repeat(64)}`);
    const nodes = [1, 2].map((n) => ({
      ...{ node: `node_${String(n)}`, seen_ms: 1, ready: [], refused: {}, generation: 1 },
      trials: [],
      decided: [
        { digest, role: 'active', decisions: 40, errors: n },
        { digest: other, role: 'canary', decisions: 3, errors: 0 },
      ],
    }));
    const body = {
      ...{ revision: 'rev-1', digest, history: [], nodes, tested: false },
      canary: { digest: other, revision: 'rev-2', percent: 5 },
      shadow: { digest: other, revision: 'rev-2' },
      replay: OVERVIEW.bundle.replay?.sample,
    };
    const { out } = await run(['policy', 'status'], { answer: () => ({ status: 200, body }) });
    expect(out).to.match(/rev-1 +aaaaaaaaaaaa +active +80 +3\n/);
    expect(out).to.match(/rev-2 +bbbbbbbbbbbb +canary for 5 % of agents, shadow +6 +0\n/);
    expect(out.match(/rev-2/g)).to.have.length(1);
    expect(out).to.contain('NO: accepted untested');
    expect(out).to.contain('nothing to replay: 10 replayable decisions are too few');
  });

  it('ls and show say that a bundle was accepted untested, and what its replay covered', async () => {
    const report = { ...BUNDLE.report, ok: true, tested: false };
    const list = { items: [{ ...BUNDLE, report }] };
    const ran = await run(['policy', 'ls'], { answer: () => ({ status: 200, body: list }) });
    expect(ran.out).to.contain('UNTESTED, accepted');
    const sample = { ...BUNDLE.replay?.sample, verdict: 'low_coverage', coverage: 0.412 };
    const body = { ...BUNDLE, replay: { ...BUNDLE.replay, sample } };
    const shown = await run(['policy', 'show', 'r'], { answer: () => ({ status: 200, body }) });
    expect(shown.out).to.contain('LOW COVERAGE: 41.2 % of 2 strata, 90 % are required');
    expect(shown.out).to.contain('at most 40000 of 10000000 units');
  });

  for (const line of ['policy canary rev-1', 'policy canary', 'policy shadow', 'policy rollback'])
    it(`${line} is not enough, and the message says what is missing`, async () => {
      const ran = await run(line.split(' '));
      expect(ran.code).to.equal(2);
      expect(ran.err).to.match(/--percent|--end|--reason/);
      expect(ran.sent).to.deep.equal([]);
    });
});
