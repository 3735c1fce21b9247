import { expect } from 'chai';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  makePrivateFolder,
  refuseLinks,
  requirePrivateFolder,
} from '../../../src/files/private-folder.js';
import { UnsafePath } from '../../../src/files/unsafe-path.js';
import { useFolder } from '../../support/use-started.js';

const ROOT = process.geteuid?.() === 0;
const NOBODY = 65_534;

/** The code of the refusal, or undefined. */
function refusal(work: (path: string) => void, path: string): UnsafePath | undefined {
  try {
    work(path);
    return undefined;
  } catch (error) {
    if (error instanceof UnsafePath) return error;
    throw error;
  }
}

const linksIn =
  (names: readonly string[]) =>
  (path: string): void => {
    refuseLinks(path, names);
  };

describe('a private folder', () => {
  const dir = useFolder();
  let count = 0;
  const folder = (mode: number): string => {
    const path = join(dir, `f${String(count++)}`);
    mkdirSync(path);
    chmodSync(path, mode);
    return path;
  };

  for (const mode of [0o700, 0o750, 0o755, 0o2755]) {
    it(`may have mode ${mode.toString(8)}`, () => {
      requirePrivateFolder(folder(mode));
    });
  }

  for (const mode of [0o770, 0o775, 0o707, 0o1777, 0o2775]) {
    it(`has no mode ${mode.toString(8)}, and the refusal says what to do`, () => {
      const path = folder(mode);
      const refused = refusal(requirePrivateFolder, path);
      expect(refused?.code).to.equal('writable_by_others');
      expect(refused?.message)
        .to.contain(path)
        .and.contain(mode.toString(8))
        .and.contain('chmod go-w');
    });
  }

  it(`belongs to this user or to root${ROOT ? '' : ': only root can test it'}`, () => {
    if (!ROOT) return;
    const path = folder(0o700);
    chownSync(path, NOBODY, NOBODY);
    const refused = refusal(requirePrivateFolder, path);
    expect(refused?.code).to.equal('foreign_owner');
    expect(refused?.message).to.contain(`belongs to user ${String(NOBODY)}`);
  });

  it('is a folder itself, not a link to one', () => {
    const link = join(dir, 'link');
    symlinkSync(folder(0o700), link);
    const file = join(dir, 'file');
    writeFileSync(file, '');
    const code = (path: string) => refusal(requirePrivateFolder, path)?.code;
    expect([code(link), code(file)]).to.deep.equal(['symbolic_link', 'not_a_folder']);
  });

  it('is made with mode 0700, its parents too, and passes while it is missing', () => {
    const path = join(dir, 'new', 'inner');
    requirePrivateFolder(path);
    expect(existsSync(path)).to.equal(false);
    makePrivateFolder(path);
    makePrivateFolder(path);
    for (const one of [path, join(dir, 'new')]) expect(statSync(one).mode & 0o777).to.equal(0o700);
    chmodSync(path, 0o777);
    expect(refusal(makePrivateFolder, path)?.code).to.equal('writable_by_others');
  });

  it('has no link and no open folder among the named entries, at any depth', () => {
    const path = folder(0o700);
    mkdirSync(join(path, 'redis', 'deep'), { recursive: true, mode: 0o755 });
    symlinkSync('/nowhere', join(path, 'another'));
    refuseLinks(path, ['redis', 'missing']);
    symlinkSync('/nowhere', join(path, 'redis', 'deep', 'planted'));
    const refused = refusal(linksIn(['redis']), path);
    expect(refused?.code).to.equal('symbolic_link');
    expect(refused?.path).to.equal(join(path, 'redis', 'deep', 'planted'));
    const open = folder(0o700);
    mkdirSync(join(open, 'policy'));
    chmodSync(join(open, 'policy'), 0o775);
    expect(refusal(linksIn(['policy']), open)?.code).to.equal('writable_by_others');
  });
});
