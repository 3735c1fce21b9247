import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUNDLE } from '../../support/fake-policy.js';
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

  for (const line of ['policy canary rev-1', 'policy canary', 'policy shadow', 'policy rollback'])
    it(`${line} is not enough, and the message says what is missing`, async () => {
      const ran = await run(line.split(' '));
      expect(ran.code).to.equal(2);
      expect(ran.err).to.match(/--percent|--end|--reason/);
      expect(ran.sent).to.deep.equal([]);
    });
});
