import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { opaBinary } from '../../support/bundles/opa.js';
import { policyFolder, SMALL_POLICY } from '../../support/policy-folder.js';
import { run, type FakeOptions, type Ran } from './fake-terminal.js';

const REGO = SMALL_POLICY['pay/pay.rego'] ?? '';
const BAD_CASE = (SMALL_POLICY['cases/pay.json'] ?? '').replace(
  '"ttl_seconds":60',
  '"ttl_seconds":90',
);

describe('countersign policy build, test and check', function () {
  this.timeout(60_000);
  let dir: string;
  let folder: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-cli-author-'));
    folder = policyFolder(dir, SMALL_POLICY);
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  const call = (argv: readonly string[], more: FakeOptions = {}): Promise<Ran> =>
    run(['policy', ...argv], { env: { COUNTERSIGN_OPA: opaBinary() }, ...more });

  describe('build', () => {
    it('writes a tar.gz and a folder, and says what they are', async () => {
      const [output, unpacked] = [join(dir, 'b.tar.gz'), join(dir, 'unpacked')];
      const where = ['-o', output, '--out-folder', unpacked, '--sequence', '4', '--json'];
      const { code, out, err } = await call(['build', folder, ...where]);
      expect(code, err).to.equal(0);
      const said = JSON.parse(out) as { revision: string; written: string[] };
      expect(said).to.deep.include({ sequence: 4, written: [output, unpacked] });
      const manifest = JSON.parse(readFileSync(join(unpacked, '.manifest'), 'utf8')) as object;
      expect(manifest).to.include({ revision: said.revision });
      expect(existsSync(output)).to.equal(true);
      expect(err).to.contain('compiling');
    });

    it('replaces a bundle in a folder whole, and leaves a folder of anything else alone', async () => {
      const unpacked = join(dir, 'unpacked');
      expect((await call(['build', folder, '--out-folder', unpacked])).code).to.equal(0);
      writeFileSync(join(unpacked, 'left-over'), '');
      expect((await call(['build', folder, '--out-folder', unpacked])).code).to.equal(0);
      expect(existsSync(join(unpacked, 'left-over'))).to.equal(false);
      const mine = join(dir, 'mine');
      mkdirSync(mine);
      writeFileSync(join(mine, 'thesis.txt'), '');
      const { code, err } = await call(['build', folder, '--out-folder', mine]);
      expect(code).to.equal(2);
      expect(err).to.contain('not a bundle');
      expect(existsSync(join(mine, 'thesis.txt'))).to.equal(true);
    });

    it('exits 1 with every compile problem, and 2 for a missing folder', async () => {
      policyFolder(dir, { 'pay/pay.rego': `${REGO}\nx := http.send({})\ny := nowhere(1)\n` });
      const { code, err } = await call(['build', folder, '-o', join(dir, 'b.tar.gz')]);
      expect(code).to.equal(1);
      expect(err).to.contain('http.send').and.contain('nowhere');
      expect(existsSync(join(dir, 'b.tar.gz'))).to.equal(false);
      const json = await call(['build', folder, '--json']);
      expect(JSON.parse(json.err.split('\n').at(-2) ?? '')).to.have.nested.property(
        'answer.problems',
      );
      expect((await call(['build', join(dir, 'nothing')])).code).to.equal(2);
    });

    it('exits 2 on options that make no sense, before anything is read', async () => {
      for (const wrong of [
        ['--sequence', '-1'],
        ['--sequence', '9007199254740993'],
        ['--revision', 'a b'],
        ['--scope', 'write'],
        ['--signing-alg', 'none'],
      ]) {
        expect((await call(['build', folder, ...wrong])).code, wrong.join(' ')).to.equal(2);
      }
    });

    it('says so when the key does not sign', async () => {
      writeFileSync(join(dir, 'key.pem'), 'no key');
      const { code, err } = await call(['build', folder, '--signing-key', join(dir, 'key.pem')]);
      expect(code).to.equal(2);
      expect(err).to.contain('cannot sign');
    });
  });

  describe('--with', () => {
    let lib: string;

    beforeEach(() => {
      lib = join(dir, 'lib');
      mkdirSync(lib);
      writeFileSync(join(lib, 'lib.rego'), 'package countersign.lib\n\nready if true\n');
      const using = REGO.replace(
        'input.request.res',
        'data.countersign.lib.ready\n\tinput.request.res',
      );
      policyFolder(dir, { 'pay/pay.rego': using });
    });

    it('adds a folder to build, test and check', async () => {
      const output = join(dir, 'b.tar.gz');
      const built = await call(['build', folder, '--with', lib, '-o', output, '--json']);
      expect(built.code, built.err).to.equal(0);
      expect(JSON.parse(built.out)).to.have.property('files').that.include('sources/lib.rego.txt');
      expect((await call(['test', folder])).code).to.equal(1);
      const tested = await call(['test', folder, '--with', lib]);
      expect(tested.code, tested.out).to.equal(0);
      const checked = await call(['check', folder, '--with', lib]);
      expect(checked.code, checked.out).to.equal(0);
      expect(checked.out).to.contain('2 files, 0 errors');
    });

    it('is an error for a missing or conflicting folder, and with a bundle', async () => {
      for (const verb of ['build', 'test', 'check']) {
        const missing = await call([verb, folder, '--with', join(dir, 'no')]);
        expect(missing.code, verb).to.equal(2);
        expect(missing.err).to.contain('it does not exist');
        const clash = await call([verb, folder, '--with', lib, '--with', lib, '--json']);
        expect(clash.code, verb).to.equal(2);
        expect(JSON.parse(clash.err.split('\n').at(-2) ?? '')).to.have.nested.property(
          'answer.problems[0]',
          'lib.rego: the policy has a file with this path already',
        );
      }
      const bundle = join(dir, 'b.tar.gz');
      expect((await call(['build', folder, '--with', lib, '-o', bundle])).code).to.equal(0);
      const beside = await call(['check', bundle, '--with', lib]);
      expect(beside.code).to.equal(2);
      expect(beside.err).to.contain('not to a bundle');
    });

    it('is watched, too', async () => {
      const signals = new EventEmitter();
      const steps = [
        () => {
          writeFileSync(join(lib, 'lib.rego'), 'package countersign.lib\n\nready if false\n');
        },
        () => signals.emit('SIGINT'),
      ];
      const { code, out } = await call(['test', folder, '--with', lib, '--watch'], {
        runtime: { signals },
        onOut: () => steps.shift()?.(),
      });
      expect(code).to.equal(0);
      expect(out).to.match(/passed\n[^]*FAILED/);
    });
  });

  describe('init', () => {
    it('copies an example that the other commands take as it is', async () => {
      const mine = join(dir, 'mine');
      const { code, out, err } = await call(['init', 'payments', mine, '--json']);
      expect(code, err).to.equal(0);
      expect(JSON.parse(out)).to.deep.include({ example: 'payments', folder: mine });
      expect((await call(['check', mine])).code).to.equal(0);
      expect((await call(['build', mine, '-o', join(dir, 'b.tar.gz')])).code).to.equal(0);
    });

    it('needs no opa, and says what to do next', async () => {
      const env = { COUNTERSIGN_OPA: join(dir, 'no-opa') };
      const { code, out } = await call(['init', 'database', join(dir, 'mine')], { env });
      expect(code).to.equal(0);
      expect(out).to.contain(`countersign policy test ${join(dir, 'mine')}`);
    });

    it('exits 2 and lists the examples, or names the folder that is not empty', async () => {
      const unknown = await call(['init', 'nothing', join(dir, 'mine')]);
      expect(unknown.code).to.equal(2);
      expect(unknown.err).to.contain('database, payments, research-team');
      expect(existsSync(join(dir, 'mine'))).to.equal(false);
      const full = await call(['init', 'payments', folder]);
      expect(full.code).to.equal(2);
      expect(full.err).to.contain(`${folder} is not empty`);
    });
  });

  it('exit 3 where there is no opa, and say what to do', async () => {
    for (const verb of ['build', 'test', 'check']) {
      const env = { COUNTERSIGN_OPA: join(dir, 'no-opa') };
      const { code, err } = await call([verb, folder], { env });
      expect(code).to.equal(3);
      expect(err).to.contain('COUNTERSIGN_OPA');
    }
  });

  describe('test', () => {
    it('prints a line for each step and exits 0', async () => {
      const { code, out } = await call(['test', folder]);
      expect(code, out).to.equal(0);
      expect(out)
        .to.match(/^ok {4}compile/m)
        .and.match(/^ok {4}differential/m);
    });

    it('prints the expected and the actual decision, and exits 1', async () => {
      policyFolder(dir, { 'cases/pay.json': BAD_CASE });
      const { code, out } = await call(['test', folder]);
      expect(code).to.equal(1);
      expect(out)
        .to.match(/^FAIL {2}cases/m)
        .and.contain('ttl_seconds: expected 90, got 60');
      const json = await call(['test', folder, '--json']);
      expect(json.code).to.equal(1);
      expect(JSON.parse(json.out)).to.deep.include({ ok: false });
    });

    it('runs again after a change, through an error, until Ctrl-C', async () => {
      const signals = new EventEmitter();
      const seen: string[] = [];
      const steps = [
        () => policyFolder(dir, { 'cases/pay.json': BAD_CASE }),
        () => policyFolder(dir, { 'pay/pay.rego': 'package countersign\n\nx := {' }),
        () => signals.emit('SIGINT'),
      ];
      const { code, out } = await call(['test', folder, '--watch'], {
        runtime: { signals },
        onOut: () => {
          seen.push('ran');
          steps.shift()?.();
        },
      });
      expect(code).to.equal(0);
      expect(seen).to.have.length(3);
      expect(out).to.match(/passed\n[^]*FAIL {2}cases[^]*FAIL {2}compile/);
      expect(signals.eventNames()).to.deep.equal([]);
    });

    it('ends at once on a second Ctrl-C', async () => {
      const signals = new EventEmitter();
      const exits: number[] = [];
      await call(['test', folder, '--watch'], {
        runtime: { signals, exit: (code) => void exits.push(code) },
        onOut: () => {
          signals.emit('SIGINT');
          signals.emit('SIGINT');
        },
      });
      expect(exits).to.deep.equal([130]);
    });
  });

  describe('check', () => {
    it('prints file:line:column of each finding and exits 1', async () => {
      policyFolder(dir, { 'pay/more.rego': 'package countersign\n\nx := http.send({})\n' });
      const { code, out } = await call(['check', folder]);
      expect(code).to.equal(1);
      expect(out).to.match(/^pay\/more\.rego:3:6 error builtin: http\.send/m);
      expect(out).to.contain('2 files, 1 errors, 0 warnings: FAILED');
    });

    it('exits 0 on warnings, on a clean folder, and on a bundle of it', async () => {
      policyFolder(dir, {
        'pay/more.rego': 'package countersign\n\ndeny if input.agent.id == "x"\n',
      });
      const { code, out } = await call(['check', folder, '--json']);
      expect(code).to.equal(0);
      expect(JSON.parse(out)).to.have.nested.property('findings[0].rule', 'deny-on-input');
      const bundle = join(dir, 'b.tar.gz');
      expect((await call(['build', folder, '-o', bundle])).code).to.equal(0);
      expect((await call(['check', bundle])).code).to.equal(0);
    });
  });
});
