import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRegular } from '../../../src/files/open-regular.js';
import { UnsafePath } from '../../../src/files/unsafe-path.js';
import { useFolder } from '../../support/use-started.js';

describe('opening a file for reading', () => {
  const dir = useFolder();
  const path = (name: string): string => join(dir, name);
  before(() => {
    writeFileSync(path('file'), 'content');
    symlinkSync('file', path('link'));
    mkdirSync(path('folder'));
    execFileSync('mkfifo', [path('pipe')]);
  });

  async function content(name: string, links: 'none' | 'any'): Promise<string> {
    const file = await openRegular(path(name), links);
    try {
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  }

  async function refusal(name: string, links: 'none' | 'any'): Promise<string> {
    const error = await content(name, links).catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(UnsafePath);
    return (error as UnsafePath).code;
  }

  it('reads a regular file, and one behind a link where links may be followed', async () => {
    expect(await content('file', 'none')).to.equal('content');
    expect(await content('link', 'any')).to.equal('content');
    expect(await refusal('link', 'none')).to.equal('symbolic_link');
  });

  for (const links of ['none', 'any'] as const) {
    it(`refuses a named pipe without waiting for its writer, and a folder (links: ${links})`, async () => {
      expect(await refusal('pipe', links)).to.equal('not_a_file');
      expect(await refusal('folder', links)).to.equal('not_a_file');
    });
  }
});
