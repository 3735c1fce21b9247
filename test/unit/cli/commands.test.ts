import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { expect } from 'chai';
import { EXIT } from '../../../src/cli/exit-codes.js';
import { buildProgram, forEachCommand } from '../../../src/cli/program.js';
import { processRuntime } from '../../../src/cli/runtime.js';
import { processTerminal } from '../../../src/cli/terminal.js';
import { run, type FakeAnswer } from './fake-terminal.js';

const ok =
  (body: unknown, status = 200) =>
  (): FakeAnswer => ({ status, body });
const words = (line: string): string[] => line.split(' ');

async function leaves(): Promise<{ path: string; command: Command }[]> {
  const terminal = processTerminal();
  const cli = { terminal, runtime: processRuntime(), exitWith: () => undefined };
  const program = await buildProgram(cli);
  const found: { path: string; command: Command }[] = [];
  forEachCommand(program, (command) => {
    if (command.commands.length > 0) return;
    const names: string[] = [];
    for (let at: Command | null = command; at !== null; at = at.parent) names.unshift(at.name());
    found.push({ path: names.slice(1).join(' '), command });
  });
  return found;
}

describe('every command', () => {
  it('has help that lists its exit codes, and is in docs/reference/cli.md', async () => {
    const page = readFileSync(new URL('../../../docs/reference/cli.md', import.meta.url), 'utf8');
    const all = await leaves();
    expect(all).to.have.length.greaterThan(35);
    for (const { path } of all) {
      const { code, out } = await run([...words(path), '--help']);
      expect(code, path).to.equal(0);
      expect(out, path).to.contain(`Usage: countersign ${path}`).and.contain('Exit codes:');
      expect(page, path).to.contain(`\`countersign ${path}`);
    }
    for (const code of Object.values(EXIT))
      expect(page).to.match(new RegExp(`^\\| ${String(code)} +\\|`, 'm'));
  });

  it('has in docs/reference/cli.md only flags that it takes', async () => {
    const page = readFileSync(new URL('../../../docs/reference/cli.md', import.meta.url), 'utf8');
    const flagsOf = new Map(
      (await leaves()).map(({ path, command }) => [path, command.options.map(({ long }) => long)]),
    );
    const items = page.match(/^- `countersign .*(?:\n {2}.*)*/gm) ?? [];
    expect(items).to.have.length.at.least(flagsOf.size);
    for (const item of items) {
      const path = /^- `countersign ([a-z -]+?)(?: [-<[].*?)?`/.exec(item)?.[1] ?? item;
      const named = item.match(/--[a-z-]+/g) ?? [];
      expect(flagsOf.get(path), item).to.include.members(named);
    }
  });

  it('takes --json, but for those that run until they are stopped', async () => {
    const without = (await leaves()).filter(
      ({ command }) => !command.options.some((one) => one.long === '--json'),
    );
    expect(without.map(({ path }) => path)).to.deep.equal(['start', 'serve', 'worker']);
  });

  it('ends with 2 on a command line it does not know', async () => {
    for (const line of [
      'nonsense',
      'agent create --no-such',
      'revoke --by nobody --reason x',
      'token issue',
    ]) {
      const { code, err, sent } = await run(words(line));
      expect(code, line).to.equal(2);
      expect(err, line).not.to.equal('');
      expect(sent).to.deep.equal([]);
    }
  });

  for (const [line, help, named] of [
    ['nonsense', 'countersign', 'nonsense'],
    ['agent create --no-such', 'countersign agent create', '--no-such'],
    ['agent nonsense', 'countersign agent', 'nonsense'],
    ['audit --since yesterday', 'countersign audit', '--since yesterday: write 15m'],
    ['audit --until 1', 'countersign audit', '--until 1: write 15m'],
    ['revoke --by token --reason x', 'countersign revoke', '--value'],
  ] as const) {
    it(`names the help of the command at the end of a usage error: ${line}`, async () => {
      const { code, err } = await run(words(line));
      expect(code).to.equal(2);
      expect(err).to.contain(named);
      expect(err.endsWith(`\nSee \`${help} --help\`.\n`), err).to.equal(true);
    });
  }

  it('names no help when the service refuses, nor with --json', async () => {
    const body = { error: 'invalid_request', detail: 'No.' };
    const refused = await run(['agent', 'show', 'a'], { answer: ok(body, 400) });
    expect(refused.code).to.equal(2);
    expect(refused.err).not.to.contain('--help');
    const asJson = await run(words('audit --since yesterday --json'));
    expect(JSON.parse(asJson.err)).to.have.property('exit_code', 2);
  });

  it('names the file and the variable in the help of config check', async () => {
    const { out } = await run(['config', 'check', '--help']);
    expect(out).to.contain('countersign.yaml').and.contain('COUNTERSIGN_CONFIG');
  });

  it('ends with 0 on --help and --version', async () => {
    expect((await run(['--help'])).code).to.equal(0);
    expect((await run(['--version'])).out).to.match(/^\d+\.\d+\.\d+/);
  });
});

describe('exit codes', () => {
  const cases: readonly (readonly [status: number, error: string, code: number])[] = [
    [400, 'invalid_request', 2],
    [401, 'unauthorized', 6],
    [403, 'forbidden', 6],
    [403, 'access_denied', 1],
    [404, 'not_found', 4],
    [409, 'conflict', 5],
    [429, 'slow_down', 3],
    [503, 'temporarily_unavailable', 3],
  ];
  for (const [status, error, code] of cases) {
    it(`are ${String(code)} for ${String(status)} ${error}`, async () => {
      const body = {
        error,
        detail: 'Said so.',
        hint: 'Do this.',
        problems: [{ pointer: '/a', message: 'b' }],
      };
      const ran = await run(['agent', 'show', 'a'], { answer: ok(body, status) });
      expect(ran.code).to.equal(code);
      expect(ran.err)
        .to.contain(error)
        .and.contain('Said so.')
        .and.contain('/a: b')
        .and.contain('Do this.');
      const json = await run(['agent', 'show', 'a', '--json'], { answer: ok(body, status) });
      expect(JSON.parse(json.err)).to.deep.include({ exit_code: code, answer: body });
    });
  }

  for (const [line, command] of [
    ['agent show a', 'agent list'],
    ['key revoke k --reason x', 'key list'],
    ['policy show r', 'policy ls'],
    ['policy explain dec_1', 'audit'],
    ['resource-server delete s', 'resource-server list'],
  ] as const) {
    it(`are 4 for a missing id, with the command that lists ids: ${line}`, async () => {
      const body = {
        error: 'not_found',
        detail: 'No such id.',
        hint: 'Check the path and the id.',
      };
      const { code, err } = await run(words(line), { answer: ok(body, 404) });
      expect(code).to.equal(4);
      expect(err).to.contain(`\`countersign ${command}\` lists the ids.`);
      expect(err).to.not.contain('Check the path');
    });
  }

  it('are 4 for a deleted id, with the hint of the service', async () => {
    const body = { error: 'not_found', detail: 'It was deleted.', hint: 'Restore it.' };
    const { code, err } = await run(words('agent show a'), { answer: ok(body, 404) });
    expect([code, err.includes('Restore it.'), err.includes('lists the ids')]).to.deep.equal([
      ...[4, true, false],
    ]);
  });

  it('are 3 when nothing listens, and say where', async () => {
    const { code, err } = await run(['policy', 'status']);
    expect(code).to.equal(3);
    expect(err).to.contain('http://127.0.0.1:9').and.contain('ECONNREFUSED');
  });

  it('are 3 for a revocation that is not everywhere yet', async () => {
    const body = { state: 'pending', rev_id: 'rev_1', missing_shards: [3] };
    const ran = await run(words('revoke --by agent --value a --reason x'), {
      answer: ok(body, 202),
    });
    expect(ran.code).to.equal(3);
    expect(ran.out).to.contain('pending').and.contain('[3]');
  });

  it('are 1 for an inactive token', async () => {
    const env = {
      COUNTERSIGN_PUBLIC_URL: 'http://127.0.0.1:8',
      COUNTERSIGN_CLIENT_SECRET: 'csr_s',
    };
    const line = words('token introspect tok --client-id api');
    expect((await run(line, { env, answer: ok({ active: false }) })).code).to.equal(1);
    expect((await run(line, { env, answer: ok({ active: true }) })).code).to.equal(0);
  });

  it('are 70 for a defect', async () => {
    const { code, err } = await run(words('revoke --by token --value - --reason x'));
    expect(code).to.equal(70);
    expect(err).to.equal('error: broken\n');
  });
});
