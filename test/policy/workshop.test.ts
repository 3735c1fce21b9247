import { expect } from 'chai';
import { createAuthor } from '../../src/app/policy/author.js';
import {
  createAuthorOperations,
  type AuthorOperations,
} from '../../src/use-cases/policy/author.js';
import { CountersignError } from '../../src/domain/errors.js';
import { packArchive } from '../../src/policy/bundle/pack.js';
import { readBundleArchive } from '../../src/policy/bundle/read.js';
import { SMALL_POLICY } from '../support/policy-folder.js';

const CONFIG = { entrypoint: 'countersign/decision' };

async function archiveOf(files: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const entries = Object.entries(files).map(([path, text]) => [path, Buffer.from(text)] as const);
  return packArchive(new Map(entries));
}

async function refusal(work: Promise<unknown>): Promise<CountersignError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CountersignError) return error;
    throw error;
  }
  throw new Error('it was done');
}

describe('sources sent to the service', function () {
  this.timeout(60_000);
  const author = createAuthor(CONFIG);

  it('are built, tested and checked', async () => {
    const sources = await archiveOf(SMALL_POLICY);
    const { archive, ...summary } = await author.build(sources, { sequence: 3 });
    const bundle = await readBundleArchive(archive, { verification: 'off' });
    expect(summary).to.include({ digest: bundle.digest, sequence: 3, revision: bundle.revision });
    const tested = await author.test(sources, {});
    expect(tested.ok, JSON.stringify(tested.steps)).to.equal(true);
    expect(await author.check(sources)).to.deep.equal({ ok: true, findings: [], files: 1 });
  });

  it('are refused with every problem when they do not compile, and never with a stack', async () => {
    const rego =
      'package countersign\n\n# METADATA\n# entrypoint: true\ndecision := http.send({})\n\nx := opa.runtime()\n';
    const { code, detail, fields } = await refusal(
      author.build(await archiveOf({ 'a.rego': rego }), {}),
    );
    expect({ code, detail }).to.deep.equal({
      code: 'invalid_request',
      detail: 'The policy does not compile.',
    });
    const said = JSON.stringify(fields.problems);
    expect(said).to.contain('a.rego:5').and.contain('a.rego:7').and.not.contain('/tmp');
  });

  it('are refused as no archive, as too much, and with paths that lead out', async () => {
    const evil = new Map([['a/../../evil.rego', Buffer.from('package evil')]]);
    for (const bytes of [Buffer.from('no gzip'), await packArchive(evil), await archiveOf({})]) {
      expect((await refusal(author.check(bytes))).code).to.equal('invalid_request');
    }
    const bomb = await packArchive(new Map([['data.json', Buffer.alloc(65 * 1024 * 1024, 32)]]));
    expect((await refusal(author.check(bomb))).fields.problems?.[0]?.message).to.contain(
      'bytes unpacked',
    );
  });

  it('are ended at the deadline', async () => {
    const endless = `${SMALL_POLICY['pay/pay_test.rego'] ?? ''}
test_endless if count([1 | some i in numbers.range(1, 40000); some j in numbers.range(1, 40000); i + j == -1]) == 0
`;
    const sources = await archiveOf({ ...SMALL_POLICY, 'pay/pay_test.rego': endless });
    const { code, detail } = await refusal(
      createAuthor(CONFIG, { deadlineMs: 2000 }).test(sources, {}),
    );
    expect(code).to.equal('invalid_request');
    expect(detail).to.contain('took over 2000 ms');
  });

  it('meet a clear answer where there is no opa', async () => {
    const without = createAuthor(CONFIG, { findOpa: () => Promise.resolve(undefined) });
    const { code, detail } = await refusal(without.check(await archiveOf(SMALL_POLICY)));
    expect(code).to.equal('conflict');
    expect(detail).to.contain('COUNTERSIGN_OPA').and.contain('countersign policy build');
  });
});

describe('orders of authors', () => {
  const DONE = { ok: true, findings: [], files: 0 };

  it('are processed one at a time with a bounded queue, and a failure stops no other', async () => {
    const events: string[] = [];
    const release: (() => void)[] = [];
    const stuck: AuthorOperations = {
      build: () => Promise.reject(new CountersignError('conflict', 'no')),
      test: () => Promise.reject(new Error('not used')),
      check: () =>
        new Promise((resolve) => {
          events.push('begin');
          release.push(() => {
            events.push('end');
            resolve(DONE);
          });
        }),
    };
    const author = createAuthorOperations(stuck);
    const check = (bytes: Uint8Array): ReturnType<typeof author.check> => author.check(bytes);
    const orders = [check(new Uint8Array()), check(new Uint8Array())];
    const failing = author.build(new Uint8Array(), {}).catch((error: unknown) => error);
    orders.push(check(new Uint8Array()), check(new Uint8Array()));
    const full = await refusal(check(new Uint8Array()));
    expect(full.code).to.equal('slow_down');
    expect(full.fields.retryAfterSeconds).to.be.greaterThan(0);
    for (const [at, order] of orders.entries()) {
      while (release.length <= at) await new Promise(setImmediate);
      release[at]?.();
      expect(await order).to.equal(DONE);
    }
    expect(await failing).to.include({ code: 'conflict' });
    expect(events).to.deep.equal(Array.from({ length: 4 }, () => ['begin', 'end']).flat());
    const again = check(new Uint8Array());
    await new Promise(setImmediate);
    release.at(-1)?.();
    expect(await again).to.equal(DONE);
  });
});
