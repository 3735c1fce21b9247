import { expect } from 'chai';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../../src/cli/exit-codes.js';
import { runCommandLine } from '../../src/cli/run.js';
import { processRuntime } from '../../src/cli/runtime.js';
import { processTerminal } from '../../src/cli/terminal.js';
import type { Config } from '../../src/config/config.js';
import { checkDataFolder } from '../../src/config/data-folder.js';
import { DEMO_REGISTRY } from '../../src/config/demo.js';
import { loadConfig } from '../../src/config/load.js';
import { resolveSecrets, writePrivateFile } from '../../src/config/secrets.js';
import { UnsafePath } from '../../src/files/unsafe-path.js';
import { spawnProcess } from '../support/process.js';
import { useFolder } from '../support/use-started.js';

const REFUSED = 3;

describe('a data folder that another user can touch', function () {
  this.timeout(120_000);
  const dir = useFolder();
  let folders = 0;
  let dataDir: string;
  /** What the attacker wants to be read, or overwritten. */
  let target: string;

  beforeEach(() => {
    dataDir = join(dir, `data${String(folders++)}`);
    mkdirSync(dataDir, { mode: 0o700 });
    target = `${dataDir}-target`;
    writeFileSync(target, 'the text of the victim', { mode: 0o644 });
  });

  /** Starts a process in the folder, which must be refused; returns its message. */
  async function refusal(
    command: 'start' | 'serve' | 'worker',
    env: Record<string, string> = {},
  ): Promise<string> {
    const one = spawnProcess({
      command,
      dir,
      adminToken: '',
      env,
      config: {
        issuer: 'http://127.0.0.1:8484',
        data_dir: dataDir,
        policy: { watch: false },
        registry: DEMO_REGISTRY,
        // Nothing listens there: a process that does not refuse the folder fails with another message.
        ...(command === 'start' ? {} : { redis: { url: 'redis://127.0.0.1:1' } }),
      },
    });
    try {
      expect(await one.exited, one.output()).to.equal(REFUSED);
      return one.output();
    } finally {
      one.kill('SIGKILL');
    }
  }

  const configured = (): Config =>
    loadConfig({ COUNTERSIGN_DATA_DIR: dataDir }, () => undefined, {}, { cwd: dir });

  const untouched = (): void => {
    expect(readFileSync(target, 'utf8')).to.equal('the text of the victim');
    expect(statSync(target).mode & 0o777).to.equal(0o644);
  };

  it('is refused by a worker when its group can write to it', async () => {
    chmodSync(dataDir, 0o770);
    const output = await refusal('worker');
    expect(output)
      .to.contain(`cannot start: ${dataDir} can be written by its group or others (mode 0770)`)
      .and.contain('writable_by_others')
      .and.contain('chmod go-w');
    expect(readdirSync(dataDir), 'nothing is created').to.deep.equal([]);
  });

  it('is refused by start with a link planted for a secret, and what it names is untouched', async () => {
    const link = join(dataDir, 'key-encryption-key');
    symlinkSync(target, link);
    expect(await refusal('start'))
      .to.contain(`cannot start: ${link} is a symbolic link (symbolic_link)`)
      .and.not.contain('the text of the victim');
    untouched();
  });

  it('is refused by serve when the folder itself is a link', async () => {
    const real = dataDir;
    dataDir = `${real}-link`;
    symlinkSync(real, dataDir);
    expect(await refusal('serve')).to.contain(`${dataDir} is a symbolic link`);
  });

  for (const name of [
    ...['admin-token', 'demo.json', 'audit.db', 'audit.db-wal', 'redis', 'policy'],
    ...['redis/owner.lock', 'redis/server.json.draft', 'redis/appendonlydir'],
  ]) {
    it(`is refused with a link planted as ${name}`, () => {
      if (name.startsWith('redis/')) mkdirSync(join(dataDir, 'redis'), { mode: 0o700 });
      checkDataFolder(configured());
      symlinkSync(target, join(dataDir, name));
      expect(() => {
        checkDataFolder(configured());
      }).to.throw(UnsafePath, `${join(dataDir, name)} is a symbolic link`);
    });
  }

  it('may have other links: only the names that are created there are examined', () => {
    symlinkSync(target, join(dataDir, 'a-link-of-the-user'));
    checkDataFolder(configured());
  });

  it('is checked again when a secret is written, and creates nothing where a link leads', async () => {
    const elsewhere = join(dir, 'elsewhere');
    symlinkSync(elsewhere, join(dataDir, 'admin-token'));
    const failed = await resolveSecrets(configured(), () => 'minted').catch(
      (error: unknown) => error,
    );
    expect(failed).to.be.instanceOf(UnsafePath);
    expect(existsSync(elsewhere)).to.equal(false);
    chmodSync(dataDir, 0o777);
    const open = await writePrivateFile(join(dataDir, 'demo.json'), 'secret', 'replace').catch(
      (error: unknown) => error,
    );
    expect(open).to.be.instanceOf(UnsafePath);
    expect(existsSync(join(dataDir, 'demo.json'))).to.equal(false);
  });

  it('sends no file of the victim as an admin token', async () => {
    symlinkSync(target, join(dataDir, 'admin-token'));
    const terminal = {
      ...processTerminal(),
      cwd: dir,
      env: { COUNTERSIGN_DATA_DIR: dataDir, COUNTERSIGN_CONFIG: join(dir, 'none.yaml') },
    };
    const sent: unknown[] = [];
    const errors: string[] = [];
    const code = await runCommandLine(
      ['policy', 'status'],
      {
        ...terminal,
        err: (text) => void errors.push(text),
        fetch: (...request) => {
          sent.push(request);
          return Promise.reject(new Error('sent'));
        },
      },
      processRuntime(),
    );
    expect(code).to.equal(EXIT.usage);
    expect(errors.join('')).to.contain('admin-token is a symbolic link (symbolic_link)');
    expect(sent).to.deep.equal([]);
  });
});
