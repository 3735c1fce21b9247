import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Compiled tests run in a tree with links to the repository; what is loaded is named by its real path.
const SCRIPTS = realpathSync(fileURLToPath(new URL('../../../scripts', import.meta.url)));
const ROOT = SCRIPTS.slice(0, -'scripts'.length);
const MAIN = join(ROOT, 'dist', 'main.js');
/** Rounds of measuring, of which each command line keeps its least. More are for a machine that paused in all. */
const ROUNDS = { least: 3, most: 7 };
/** Times the CPU of `node -e 0`. It is about 1.5; loading the service made it 11. */
const MOST = 4;
/**
 * The bound for a command that reads the configuration. On Node 20 it is about 3.7, and compiling its schema made it 8
 * to 11. Later versions start in less than half the CPU, so that this work is up to 9.4 times as much.
 */
const MOST_WITH_CONFIGURATION = Number(process.versions.node.split('.')[0]) < 22 ? 6 : 14;

const REMOTE = {
  COUNTERSIGN_ADMIN_URL: 'http://127.0.0.1:9',
  COUNTERSIGN_ADMIN_TOKEN: 'csa_admin',
};
/** The configuration has the address, and agents, resources and resource servers to check. */
const CONFIGURED = {
  COUNTERSIGN_CONFIG: join(ROOT, 'countersign.yaml'),
  COUNTERSIGN_ADMIN_PORT: '9',
  COUNTERSIGN_ADMIN_TOKEN: 'csa_admin',
};

/** Runs `node` with variables that name an address where nothing listens. */
function node(
  args: readonly string[],
  variables: NodeJS.ProcessEnv = REMOTE,
): ReturnType<typeof spawnSync> {
  const env: NodeJS.ProcessEnv = { ...process.env, ...variables };
  if (variables['NODE_V8_COVERAGE'] === undefined) delete env['NODE_V8_COVERAGE'];
  return spawnSync(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
}

describe('the start of the command line', function () {
  this.timeout(300_000);
  let folder: string;

  before(() => {
    const built = spawnSync(process.execPath, [join(SCRIPTS, 'build.mjs')]);
    expect(built.status, built.stderr.toString()).to.equal(0);
    folder = mkdtempSync(join(tmpdir(), 'countersign-start-'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Paths of the modules that a command line loads, from the root of the repository. */
  const modulesOf = (line: string, variables: NodeJS.ProcessEnv = REMOTE): string[] => {
    const coverage = mkdtempSync(join(folder, 'coverage-'));
    node([MAIN, ...line.split(' ')], { ...variables, NODE_V8_COVERAGE: coverage });
    const [file = ''] = readdirSync(coverage);
    const report = JSON.parse(readFileSync(join(coverage, file), 'utf8')) as {
      readonly result: readonly { readonly url: string }[];
    };
    return report.result
      .filter(({ url }) => url.startsWith('file:'))
      .map(({ url }) => fileURLToPath(url).slice(ROOT.length));
  };

  for (const line of [
    '--version',
    '--help',
    'policy --help',
    'agent create --help',
    'nonsense',
    'policy status',
  ]) {
    it(`loads commander alone of all packages for ${line}, and no part of the service`, () => {
      const modules = modulesOf(line);
      const packages = modules.flatMap((path) => /^node_modules\/([^/]+)/.exec(path)?.[1] ?? []);
      expect([...new Set(packages)]).to.deep.equal(['commander']);
      const own = modules.filter((path) => path.startsWith('dist/'));
      expect(own).to.include('dist/main.js');
      const light =
        /^dist\/(main|cli\/.+|domain\/.+|config\/[a-z-]+|files\/[a-z-]+|telemetry\/redaction.*)\.js$/;
      expect(own.filter((path) => !light.test(path))).to.deep.equal([]);
    });
  }

  for (const given of ['main.js', 'main']) {
    it(`runs as dist/${given}`, () => {
      const ran = spawnSync(process.execPath, [join(ROOT, 'dist', given), '--version']);
      expect(ran.status, ran.stderr.toString()).to.equal(0);
      expect(ran.stdout.toString()).to.match(/^[0-9]+\.[0-9]+\.[0-9]+\n$/);
    });
  }

  it('loads of the commands only the one that is named', () => {
    const definitions = (line: string): string[] =>
      modulesOf(line).filter((path) => path.startsWith('dist/cli/commands/'));
    expect(definitions('--version')).to.deep.equal([]);
    expect(definitions('help key')).to.deep.equal(['dist/cli/commands/key.js']);
  });

  it('compiles no schema to read the configuration', () => {
    const modules = modulesOf('agent list', CONFIGURED);
    expect(modules)
      .to.include('dist/config/schema.js')
      .and.include('dist/schema/compiled-checks.cjs');
    expect(
      modules.filter((path) => /^node_modules\/ajv\/dist\/(core|2020)/.test(path)),
    ).to.deep.equal([]);
  });

  /**
   * The least CPU of each command line, in multiples of the least CPU of `node -e 0`. Measures until all are at most
   * `most`, or every round was used.
   */
  const ratios = (
    lines: readonly string[],
    variables: NodeJS.ProcessEnv,
    most: number,
  ): number[] => {
    const probe = join(folder, 'probe.cjs');
    writeFileSync(
      probe,
      `process.on('exit', () => {
        const { user, system } = process.cpuUsage();
        require('node:fs').writeSync(3, String(user + system));
      });`,
    );
    const all = [['-e', '0'], ...lines.map((line) => [MAIN, ...line.split(' ')])];
    const best = all.map(() => Infinity);
    const inBares = (): number[] => {
      const [bare = 0, ...commands] = best;
      return commands.map((micros) => micros / bare);
    };
    const isEnough = (round: number): boolean =>
      round >= ROUNDS.least && inBares().every((ratio) => ratio <= most);
    for (let round = 0; round < ROUNDS.most && !isEnough(round); round++) {
      for (const [at, args] of all.entries()) {
        const { output } = node(['--require', probe, ...args], variables);
        const micros = Number(output[3]?.toString());
        expect(micros).to.be.greaterThan(0);
        best[at] = Math.min(best[at] ?? Infinity, micros);
      }
    }
    return inBares();
  };

  it(`costs at most ${String(MOST)} times the CPU of Node alone for --version and --help`, () => {
    for (const ratio of ratios(['--version', '--help'], REMOTE, MOST))
      expect(ratio).to.be.at.most(MOST);
  });

  it(`costs at most ${String(MOST_WITH_CONFIGURATION)} times the CPU of Node alone to read the configuration`, () => {
    const most = MOST_WITH_CONFIGURATION;
    for (const ratio of ratios(['agent list', 'policy status'], CONFIGURED, most)) {
      expect(ratio).to.be.at.most(MOST_WITH_CONFIGURATION);
    }
  });
});
