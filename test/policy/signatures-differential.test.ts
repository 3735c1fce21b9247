import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { readBundleArchive } from '../../src/policy/bundle/read.js';
import { BundleRefused } from '../../src/policy/bundle/refused.js';
import { verificationOf } from '../../src/policy/bundle/signature/keys.js';
import { opaVerdicts, type OpaVerdict } from '../support/bundles/opa-verdicts.js';
import { KEYS, type Case } from './signatures/corpus.js';
import { differences, LOOSER } from './signatures/differences.js';
import { generatedDocuments, literals } from './signatures/documents.js';
import { builtByOpa, signedByOpa } from './signatures/good.js';
import { keyIds, tamperedFiles, tamperedSignatures } from './signatures/tampered.js';

const SEED = 20_260_729;

/** Undefined when the bundle was read and verified. */
async function ourVerdict({ archive, keyId }: Case): Promise<string | undefined> {
  const specs = [...KEYS].map(([id, { alg, public: key, scope }]) => ({
    ...{ id, alg, key },
    ...(scope === undefined ? {} : { scope }),
  }));
  try {
    await readBundleArchive(archive, { verification: verificationOf(specs, keyId) });
    return undefined;
  } catch (error) {
    if (error instanceof BundleRefused) return error.message;
    throw error;
  }
}

describe('our verdict on signed bundles is that of opa', function () {
  this.timeout(120_000);
  let corpus: readonly Case[];
  let theirs: ReadonlyMap<string, OpaVerdict>;
  const ours = new Map<string, string | undefined>();

  before(async () => {
    corpus = [
      ...(await signedByOpa()),
      ...builtByOpa(),
      ...(await literals()),
      ...(await generatedDocuments(SEED, 20)),
      ...(await tamperedFiles()),
      ...(await tamperedSignatures()),
      ...(await keyIds()),
      ...(await differences()),
    ];
    const keys = Object.fromEntries(
      [...KEYS].map(([id, { alg: algorithm, public: key, scope }]) => [
        id,
        { key, algorithm, ...(scope === undefined ? {} : { scope }) },
      ]),
    );
    theirs = await opaVerdicts(keys, new Map(corpus.map((one) => [one.name, one])));
    for (const one of corpus) ours.set(one.name, await ourVerdict(one));
  });

  const say = (name: string): string =>
    `${name}: ours ${ours.get(name) ?? 'accepts'}; opa ${theirs.get(name) ?? 'accepts'}`;
  const accepts = (verdicts: ReadonlyMap<string, string | undefined>, name: string): boolean =>
    verdicts.has(name) && verdicts.get(name) === undefined;

  it('the corpus is what it says: each name once, and good and bad bundles in it', () => {
    expect(new Set(corpus.map(({ name }) => name)).size).to.equal(corpus.length);
    expect(theirs.size).to.equal(corpus.length);
    expect(corpus.filter(({ name }) => accepts(theirs, name))).to.have.length.above(60);
    expect(corpus.filter(({ name }) => !accepts(theirs, name))).to.have.length.above(60);
  });

  it('is equal wherever no difference is listed', () => {
    const wrong = corpus.filter(
      ({ name, difference }) =>
        difference === undefined && accepts(ours, name) !== accepts(theirs, name),
    );
    expect(wrong.map(({ name }) => say(name))).to.deep.equal([]);
  });

  it('differs exactly where a difference is listed: we refuse, and opa accepts', () => {
    const wrong = corpus.filter(({ name, difference }) => {
      if (difference === undefined) return false;
      const looser = LOOSER.has(difference);
      return accepts(ours, name) !== looser || accepts(theirs, name) === looser;
    });
    expect(wrong.map(({ name }) => say(name))).to.deep.equal([]);
  });

  it('every difference is an item of the list in the documents, and every item is shown here', () => {
    const page = readFileSync(new URL('../../docs/policy/bundles.md', import.meta.url), 'utf8');
    const table = page.slice(page.indexOf('## Differences from OPA'));
    const rows = [...table.matchAll(/^- \*\*(.+?)\*\*/gm)].map(([, row]) => row);
    const shown = new Set(corpus.flatMap(({ difference }) => difference ?? []));
    expect(rows.sort()).to.deep.equal([...shown].sort());
  });
});
