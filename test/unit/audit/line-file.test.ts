import { expect } from 'chai';
import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LineFile, LinesMissing } from '../../../src/audit/line-file.js';
import { scratchFolder } from './fakes.js';

describe('a file of lines', () => {
  const scratch = scratchFolder();
  let path: string;
  let file: LineFile;
  let files = 0;

  beforeEach(() => {
    path = join(scratch.folder, `lines${String(files++)}.jsonl`);
    file = new LineFile(path);
  });
  afterEach(() => file.close());
  after(() => {
    scratch.remove();
  });

  const read = (name = path): string => readFileSync(name, 'utf8');
  const missing = (work: Promise<void>): Promise<number | string> =>
    work.then(
      () => 'none',
      (error: unknown) => (error instanceof LinesMissing ? error.lines : String(error)),
    );

  it('continues in the new file after a rename, for the owner alone', async () => {
    await file.append(['1']);
    renameSync(path, `${path}.1`);
    await file.append(['2']);
    expect([read(`${path}.1`), read()]).to.deep.equal(['1\n', '2\n']);
    renameSync(path, `${path}.1`);
    writeFileSync(path, '', { mode: 0o644 });
    await file.append(['3']);
    expect([read(`${path}.1`), read()]).to.deep.equal(['2\n', '3\n']);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
  });

  it('makes the new file without a line to write', async () => {
    await file.follow();
    expect(statSync(path, { throwIfNoEntry: false })).to.equal(undefined);
    await file.append(['1']);
    renameSync(path, `${path}.1`);
    await file.follow();
    expect(read()).to.equal('');
  });

  it('reports the lines that a truncation may have lost, and writes none of the refused', async () => {
    await file.append(['1', '2']);
    await file.append(['3']);
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    expect(await missing(file.append(['4']))).to.equal(3);
    expect(read()).to.equal('');
    await file.append(['3', '4']);
    expect(read()).to.equal('3\n4\n');
  });

  it('repeats no line that is older than its bound, and none twice', async () => {
    const forgetful = new LineFile(path, 0);
    await forgetful.append(['1', '2']);
    await delay(50);
    truncateSync(path);
    expect(await missing(forgetful.follow())).to.equal(0);
    await forgetful.close();
    await file.append(['3']);
    truncateSync(path);
    expect(await missing(file.follow())).to.equal(1);
    expect(await missing(file.follow())).to.equal('none');
  });

  it('reports the lines of a file that was removed', async () => {
    await file.append(['1']);
    renameSync(path, `${path}.1`);
    rmSync(`${path}.1`);
    expect(await missing(file.follow())).to.equal(1);
    await file.append(['1']);
    expect(read()).to.equal('1\n');
  });

  it('reopens the path when asked, and repeats nothing', async () => {
    await file.append(['1']);
    file.reopenSoon();
    await file.follow();
    await file.append(['2']);
    expect(read()).to.equal('1\n2\n');
  });

  it('writes through no link, and to a regular file only', async () => {
    const target = join(scratch.folder, 'target');
    writeFileSync(target, 'theirs', { mode: 0o644 });
    symlinkSync(target, path);
    expect(await missing(file.append(['1']))).to.contain(
      'is a symbolic link: name the file itself',
    );
    expect(read(target), 'not even the incomplete line is cut').to.equal('theirs');
    expect(lstatSync(target).mode & 0o777).to.equal(0o644);
    rmSync(path);
    mkdirSync(path);
    expect(await missing(file.append(['1']))).to.contain('EISDIR');
  });

  it('follows no link that takes the place of the file', async () => {
    await file.append(['1']);
    renameSync(path, `${path}.1`);
    symlinkSync(`${path}.1`, path);
    expect(await missing(file.append(['2']))).to.contain('is a symbolic link');
    rmSync(path);
    symlinkSync(join(scratch.folder, 'elsewhere'), path);
    expect(await missing(file.append(['3']))).to.contain('is a symbolic link');
    expect(statSync(join(scratch.folder, 'elsewhere'), { throwIfNoEntry: false })).to.equal(
      undefined,
    );
  });
});
