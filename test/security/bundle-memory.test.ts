import { expect } from 'chai';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { readBundleArchive } from '../../src/policy/bundle/read.js';
import { BundleRefused } from '../../src/policy/bundle/refused.js';
import { rawEntry } from '../support/bundles/archive.js';

describe('a bundle that was refused', () => {
  it('leaves no memory behind', async function () {
    this.timeout(60_000);
    const collect = collector();
    const big = rawEntry('big', Buffer.alloc(20 * 1024 * 1024, 'x'));
    const tar = Buffer.concat([big, rawEntry('../x', 'x'), Buffer.alloc(1024)]);
    const attack = gzipSync(tar, { level: 1 });
    const round = async (): Promise<void> => {
      for (let i = 0; i < 5; i++) await refused(attack);
      await collect();
    };
    await round();
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    await round();
    await round();
    const after = process.memoryUsage();
    expect(after.arrayBuffers - arrayBuffers).to.be.below(10 * 1024 * 1024);
    expect(after.heapUsed - heapUsed).to.be.below(10 * 1024 * 1024);
  });
});

async function refused(archive: Buffer): Promise<void> {
  const error = await readBundleArchive(archive, { verification: 'off' }).catch((e: unknown) => e);
  expect(error).to.be.instanceOf(BundleRefused);
}

/** The collector of V8, which is there only when it is asked for. What a buffer held is let go in a later turn. */
function collector(): () => Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return async () => {
    for (let turn = 0; turn < 5; turn++) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
}
