import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWritable } from '../../../src/audit/database.js';
import { inNative, markEnded, shut, tryShut, withGate } from '../../../src/threads/native-gate.js';
import { programArgs } from '../../support/program.js';

const THREADS = 6;

describe('a thread within a native call', function () {
  this.timeout(300_000);

  it('is terminated after the call, since the driver would end the whole process', () => {
    const folder = mkdtempSync(join(tmpdir(), 'native-'));
    const path = join(folder, 'audit.db');
    try {
      const database = openWritable(path);
      database.exec('CREATE TABLE a (b)');
      database.close();
      const args = [...programArgs('test/support/end-reading-threads'), path, String(THREADS)];
      const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, {
        encoding: 'utf8',
      });
      expect({ status, signal, stdout }, stderr).to.deep.equal({
        ...{ status: 0, signal: null, stdout: `ended ${String(THREADS)}\n` },
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('delays its end, and enters no further one', async () => {
    const [, gate] = withGate(() => undefined);
    Atomics.store(gate, 0, 1);
    expect(tryShut(gate), 'while the call runs').to.equal(false);
    const ended = shut(gate);
    Atomics.store(gate, 0, 0);
    await ended;
    expect([...gate]).to.deep.equal([2, 1]);
  });

  it('that ended by itself delays nothing', async () => {
    const [, gate] = withGate(() => undefined);
    Atomics.store(gate, 0, 1);
    markEnded(gate);
    await shut(gate);
  });

  it('needs no gate on the main thread', () => {
    expect(inNative(() => inNative(() => 1))).to.equal(1);
  });
});
