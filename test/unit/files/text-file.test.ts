import { expect } from 'chai';
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readText, writeText } from '../../../src/files/text-file.js';
import { UnsafePath } from '../../../src/files/unsafe-path.js';
import { useFolder } from '../../support/use-started.js';

describe('a text file', () => {
  const dir = useFolder();

  const read = (path: string, links: 'none' | 'inside' | 'any'): string | undefined => {
    try {
      return readText(path, links);
    } catch (error) {
      if (error instanceof UnsafePath) return error.code;
      throw error;
    }
  };

  before(() => {
    writeFileSync(join(dir, 'outside'), 'outside');
    // As Kubernetes mounts a secret.
    const mount = join(dir, 'secrets');
    mkdirSync(join(mount, '..2026_1'), { recursive: true });
    writeFileSync(join(mount, '..2026_1', 'token'), 'one');
    symlinkSync('..2026_1', join(mount, '..data'));
    symlinkSync('..data/token', join(mount, 'token'));
    symlinkSync('../outside', join(mount, 'leaving'));
    symlinkSync('nowhere', join(mount, 'dangling'));
    // A folder beside the mount, with a name that begins as the name of the mount does.
    mkdirSync(join(dir, 'secrets-of-others'));
    writeFileSync(join(dir, 'secrets-of-others', 'token'), 'theirs');
    symlinkSync('../secrets-of-others/token', join(mount, 'neighbour'));
  });

  const at = (name: string): string => join(dir, 'secrets', name);

  it('of a mounted secret is read through the links of its folder, in the current version', () => {
    expect(read(at('token'), 'inside')).to.equal('one');
    mkdirSync(at('..2026_2'));
    writeFileSync(at('..2026_2/token'), 'two');
    rmSync(at('..data'));
    symlinkSync('..2026_2', at('..data'));
    expect(read(at('token'), 'inside')).to.equal('two');
  });

  it('is not read through a link that leaves its folder', () => {
    expect(read(at('leaving'), 'inside')).to.equal('leaves_folder');
    expect(read(at('neighbour'), 'inside')).to.equal('leaves_folder');
    expect(read(at('leaving'), 'any')).to.equal('outside');
    const message = ((): string => {
      try {
        return String(readText(at('leaving'), 'inside'));
      } catch (error) {
        return String(error);
      }
    })();
    expect(message).to.contain(at('leaving')).and.contain('name its target');
  });

  it('may be in a folder that is named through a link', () => {
    symlinkSync('secrets', join(dir, 'current'));
    expect(read(join(dir, 'current', 'token'), 'inside')).to.equal('two');
  });

  it('of our own is read through no link', () => {
    expect(read(at('token'), 'none')).to.equal('symbolic_link');
    expect(read(at('dangling'), 'none')).to.equal('symbolic_link');
    expect(read(join(dir, 'outside'), 'none')).to.equal('outside');
    expect(read(dir, 'none')).to.equal('not_a_file');
  });

  it('is undefined when it is missing', () => {
    for (const links of ['none', 'inside', 'any'] as const)
      expect(read(at('absent'), links)).to.equal(undefined);
    expect(read(at('dangling'), 'inside')).to.equal(undefined);
  });

  it('is written through no link, and for its owner alone', () => {
    writeText(at('mine'), 'text');
    writeText(at('mine'), 'new');
    expect(readFileSync(at('mine'), 'utf8')).to.equal('new');
    expect(statSync(at('mine')).mode & 0o777).to.equal(0o600);
    expect(() => {
      writeText(at('leaving'), 'text');
    }).to.throw(UnsafePath, 'symbolic_link');
    expect(readFileSync(join(dir, 'outside'), 'utf8')).to.equal('outside');
  });
});
