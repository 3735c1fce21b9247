import { expect } from 'chai';
import { resolveBundle } from '../../../../src/use-cases/policy/resolve.js';
import { CountersignError } from '../../../../src/domain/errors.js';
import type { BundleRecord } from '../../../../src/domain/policy-lifecycle.js';
import { memoryPolicyStore } from '../../../support/memory-policy-store.js';

function record(hex: string, revision: string): BundleRecord {
  return {
    digest: `sha256:${hex.padEnd(64, '0')}`,
    revision,
    sequence: 0,
    opa_version: '1.22.2',
    entrypoints: [],
    size_bytes: 1,
    pushed_at_ms: 1,
    pushed_by: { kind: 'admin', id: 'root' },
    source: 'push',
  };
}

const ONE = record('aaaaaaaaaaaa1', 'one');
const TWO = record('aaaaaaaaaaaa2', 'two');
const TWO_AGAIN = record('bbbbbbbbbbbb1', 'two');
const HEX_REVISION = record('cccccccccccc1', 'aaaaaaaaaaaa');

async function resolved(ref: string, ...records: BundleRecord[]): Promise<string> {
  const store = memoryPolicyStore();
  for (const one of records) await store.put(one, new Uint8Array(), []);
  try {
    return (await resolveBundle(store, ref)).digest;
  } catch (error) {
    return error instanceof CountersignError ? error.code : String(error);
  }
}

describe('resolveBundle', () => {
  const table: readonly [string, string, BundleRecord[], string][] = [
    ['a digest', ONE.digest, [ONE, TWO], ONE.digest],
    ['a digest without its algorithm', ONE.digest.slice(7), [ONE, TWO], ONE.digest],
    ['a prefix of it', 'aaaaaaaaaaaa2', [ONE, TWO], TWO.digest],
    ['a prefix with the algorithm', 'sha256:aaaaaaaaaaaa2', [ONE, TWO], TWO.digest],
    ['a revision', 'one', [ONE, TWO], ONE.digest],
    ['a prefix of several', 'aaaaaaaaaaaa', [ONE, TWO], 'conflict'],
    ['a revision of several', 'two', [TWO, TWO_AGAIN], 'conflict'],
    [
      'what is one bundle by revision, another by digest',
      'aaaaaaaaaaaa',
      [ONE, HEX_REVISION],
      'conflict',
    ],
    ['a digest that is also a revision', ONE.digest, [ONE, record('d1', ONE.digest)], ONE.digest],
    ['a prefix that is too short', 'aaaaaaaaaaa', [ONE], 'not_found'],
    ['a prefix in capitals', 'AAAAAAAAAAAA1', [ONE], 'not_found'],
    ['nothing there', 'one', [], 'not_found'],
  ];
  for (const [name, ref, records, expected] of table) {
    it(name, async () => {
      expect(await resolved(ref, ...records)).to.equal(expected);
    });
  }
});
