import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { LOADER, sourceUrl } from '../../support/program.js';

/** A child that holds the pipe open and says after a while that it was left alone. */
const CHILD = `setTimeout(() => process.stdout.write('left'), 5000)`;
const PARENT = `
  const { spawn } = await import('node:child_process');
  const { noteChild } = await import(${JSON.stringify(sourceUrl('src/threads/children').href)});
  const child = spawn(process.execPath, ['-e', ${JSON.stringify(CHILD)}], { stdio: 'inherit' });
  noteChild({ child: child.pid, running: true });
  process.stdout.write('started ', () => process.exit(3));
`;

describe('a process that ends', function () {
  this.timeout(60_000);

  it('kills the children that still run', async () => {
    const args = [...LOADER, '--input-type=module', '--eval', PARENT];
    const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    parent.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    // The pipe closes with the last process that holds it.
    const [code] = (await once(parent, 'close')) as [number];
    expect({ code, output }).to.deep.equal({ code: 3, output: 'started ' });
  });
});
