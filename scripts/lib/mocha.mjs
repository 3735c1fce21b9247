import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './root.mjs';
import { run } from './run.mjs';

let runs = 0;

/**
 * Runs the tests below `folders` in a process of their own and returns {passed, failed, report}. A run that
 * ended badly, left something running, or found no test counts as one failure more.
 */
export async function runMocha(folders, { node = process.execPath, timeoutSeconds = 2400 } = {}) {
  const file = join(tmpdir(), `countersign-tests-${process.pid}-${++runs}.json`);
  const reporter = ['--reporter', 'json', '--reporter-option', `output=${file}`];
  const globs = folders.map((folder) => `${folder}/**/*.test.ts`);
  const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  // The loader is given to Node itself: mocha would start a second process for it, which signals do not reach.
  const args = ['--import', 'tsx', mocha, ...options(), ...reporter, ...globs];
  const { code, output } = await run(node, args, { timeoutSeconds });
  const result = readResult(file);
  rmSync(file, { force: true });
  const passed = result?.stats.passes ?? 0;
  const failures = [...(result?.failures ?? []), ...(result?.pending ?? [])];
  const problems = failures.map(describe);
  const explained = failures.length > 0 && code !== null;
  if (code !== 0 && !explained) problems.push(`the run ended with ${code}\n${tail(output)}`);
  if (code === 0 && passed === 0) problems.push(`no test was found in ${folders.join(' ')}`);
  return { passed, failed: problems.length, report: problems.join('\n\n') };
}

/** What .mocharc.json says, as arguments; `import` excepted, see above. */
function options() {
  const config = JSON.parse(readFileSync(join(root, '.mocharc.json'), 'utf8'));
  delete config.import;
  const flags = Object.entries(config).map(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === true) return [flag];
    return value === false ? [`--no-${flag.slice(2)}`] : [flag, String(value)];
  });
  return ['--no-config', ...flags.flat()];
}

function readResult(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function describe({ fullTitle, file, err }) {
  const { message, stack, expected, actual } = err ?? {};
  const lines = [
    fullTitle,
    `  ${file ?? ''}`,
    indent(stack ?? message ?? 'pending: a test is not to be skipped'),
  ];
  if (expected !== undefined)
    lines.push(indent(`expected: ${expected}`), indent(`actual:   ${actual}`));
  return lines.join('\n');
}

function indent(text) {
  return String(text).replace(/^/gm, '    ');
}

function tail(output) {
  return output.slice(-8000);
}
