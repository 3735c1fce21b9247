import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onPath } from '../../../scripts/lib/redis.mjs';
import { commandOf } from '../../support/child-processes.js';
import { until } from '../../support/episode.js';
import { LOADER, sourceUrl } from '../../support/program.js';

const MODULE = sourceUrl('src/cli/standard-output').href;

/** Runs a program that prints `bytes` and ends, in a separate process. */
function printing(bytes: number, before: string) {
  const source = `
    import { endWithReader, exitOnceWritten, outliveReader } from ${JSON.stringify(MODULE)};
    endWithReader();
    ${before}
    process.stdout.write('x'.repeat(${String(bytes)}));
    await exitOnceWritten(3);
  `;
  const args = [...LOADER, '--input-type=module', '--eval', source];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

describe('the standard output of a command', function () {
  this.timeout(60_000);

  it('is whole however large it is and however slowly it is read', async () => {
    const child = printing(1_000_000, '');
    const ended = once(child, 'exit');
    let bytes = 0;
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(bytes).to.equal(1_000_000);
    expect((await ended)[0]).to.equal(3);
  });

  it('ends the command without failure when its reader goes away', async () => {
    const child = printing(1_000_000, '');
    child.stdout.once('data', () => child.stdout.destroy());
    expect((await once(child, 'exit'))[0]).to.equal(0);
  });

  it('does not hold up the end of a long-running command', async () => {
    const child = printing(1_000_000, 'outliveReader();');
    expect((await once(child, 'exit'))[0]).to.equal(3);
    child.stdout.destroy();
  });

  const ofTerminal = onPath('script') && process.platform === 'linux';
  if (!ofTerminal) {
    it('has no script(1) of Linux to test the end of a terminal with', () => undefined);
    return;
  }

  it('ends without an abort when its terminal is closed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cs-terminal-'));
    const [ready, errors] = [join(folder, 'ready'), join(folder, 'errors')];
    const program = join(folder, 'program.mjs');
    writeFileSync(
      program,
      `import { endWithReader, exitOnceWritten, outliveReader } from ${JSON.stringify(MODULE)};
      import { renameSync, writeFileSync } from 'node:fs';
      endWithReader();
      outliveReader();
      process.on('SIGHUP', () => void exitOnceWritten(0));
      setInterval(() => undefined, 1000);
      writeFileSync(${JSON.stringify(`${ready}.half`)}, String(process.pid));
      renameSync(${JSON.stringify(`${ready}.half`)}, ${JSON.stringify(ready)});`,
    );
    const command = `exec ${[process.execPath, ...LOADER, program].join(' ')} 2>${errors}`;
    // script(1) is the terminal: its end closes it.
    const terminal = spawn('script', ['-qc', command, '/dev/null'], { stdio: 'ignore' });
    try {
      await until('the program runs', () => existsSync(ready));
      terminal.kill('SIGKILL');
      const pid = Number(readFileSync(ready, 'utf8'));
      await until('it has ended', () => commandOf(pid) === undefined);
      expect(readFileSync(errors, 'utf8')).to.equal('');
    } finally {
      terminal.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
