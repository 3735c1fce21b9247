#!/usr/bin/env node
// Takes the guards of the service out, one at a time, in a copy, and shows that the test named for each fails.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MUTANTS } from './lib/mutants.mjs';
import { root } from './lib/root.mjs';
import { run } from './lib/run.mjs';

const HELP = `usage: npm run mutate -- [--json] [--only <words of a guard's name>] [--list]

Takes each guard out of a copy of the sources and runs the test that is named for it: with the guard it must
pass, without it it must fail.

exit codes: 0 every guard is held by its test; 1 one is not; 2 usage`;

const COPIED = [
  ...['src', 'test', 'scripts/lib', 'rego', 'bundles', 'docs'],
  ...['package.json', 'tsconfig.json'],
];
const SECONDS_PER_RUN = 120;

const args = process.argv.slice(2);
const json = args.includes('--json');
const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : undefined;
if (args.includes('--help')) {
  process.stdout.write(`${HELP}\n`);
} else if (
  args.some((arg) => arg.startsWith('--') && !['--json', '--only', '--list'].includes(arg))
) {
  process.stderr.write(`${HELP}\n`);
  process.exitCode = 2;
} else if (args.includes('--list')) {
  for (const { name, test } of MUTANTS) process.stdout.write(`${name}: ${test.join(' ')}\n`);
} else {
  process.exitCode = await mutateAll(MUTANTS.filter(({ name }) => name.includes(only ?? '')));
}

async function mutateAll(mutants) {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-mutants-'));
  const results = [];
  try {
    for (const entry of COPIED) cpSync(join(root, entry), join(folder, entry), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const mutant of mutants) {
      const verdict = await judge(folder, mutant);
      results.push({ guard: mutant.name, verdict });
      if (!json)
        process.stderr.write(
          `${verdict === 'held' ? 'ok  ' : 'FAIL'} ${mutant.name}: ${verdict}\n`,
        );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const loose = results.filter(({ verdict }) => verdict !== 'held').length;
  if (json) process.stdout.write(`${JSON.stringify({ results, loose })}\n`);
  else
    process.stdout.write(
      `${results.length - loose} of ${results.length} guards are held by their tests\n`,
    );
  return results.length > 0 && loose === 0 ? 0 : 1;
}

/** `held`: the test passes with the guard and fails without it. */
async function judge(folder, { file, find, replace, test: [testFile, title] }) {
  const path = join(folder, file);
  const original = readFileSync(path, 'utf8');
  if (original.split(find).length !== 2) return 'stale: the guard is not there exactly once';
  const before = await runTest(folder, testFile, title);
  if (before.code !== 0 || !before.ran)
    return `the test does not pass with the guard\n${before.output}`;
  writeFileSync(
    path,
    original.replace(find, () => replace),
  );
  try {
    const after = await runTest(folder, testFile, title);
    // A run that could not start proves nothing: the test itself must have failed.
    if (after.failed) return 'held';
    return after.code === 0 ? 'the test passes without the guard' : `no verdict\n${after.output}`;
  } finally {
    writeFileSync(path, original);
  }
}

async function runTest(folder, testFile, title) {
  const mocha = join(folder, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const { code, output } = await run(
    process.execPath,
    [
      '--import',
      'tsx',
      mocha,
      '--no-config',
      '--exit',
      '--timeout',
      '60000',
      testFile,
      '--fgrep',
      title,
    ],
    { cwd: folder, timeoutSeconds: SECONDS_PER_RUN },
  );
  return {
    code,
    output,
    ran: / [1-9]\d* passing/.test(output),
    failed: / [1-9]\d* failing/.test(output),
  };
}
