import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compiledPath, RUNNER } from './compiled-tree.mjs';
import { root } from './root.mjs';
import { run } from './run.mjs';

const WITHOUT_SHRINKING = new URL('without-shrinking.mjs', import.meta.url).href;

/** The settings of .mocharc.json, without the loader of TypeScript. */
const {
  import: _loader,
  extension: _extension,
  ...CONFIG
} = JSON.parse(readFileSync(join(root, '.mocharc.json'), 'utf8'));

/** Longer than any test may take by its own limit: this ends what hangs without giving a timer its turn. */
const STALL_SECONDS = 3600;
/** A process that is through has closed everything, and ends: it has nothing more to do. */
const ENDING_SECONDS = 120;

/**
 * Runs test files (paths of the repository) from a compiled tree in a process of their own. Returns {passed, failed,
 * report, tests}, where a test is {title, file, ms}; `heard` is called after each. A run that ended badly, left
 * something running or ran no test counts as one more failure. With `firstFailure` the run ends at the first failure,
 * and a property is not shrunk.
 */
export async function runMocha(files, options) {
  const {
    tree,
    node = process.execPath,
    grep,
    firstFailure = false,
    exit = false,
    limitSeconds,
    cwd,
    heard = () => {},
  } = options;
  const tests = [];
  const problems = [];
  let ended = false;
  const onMessage = (message) => {
    ended ||= message.kind === 'end';
    if (ended) return ENDING_SECONDS;
    const test = { ...message, file: sourceOf(message.file ?? '', tree) };
    if (test.kind !== 'hook') heard(test);
    if (test.kind === 'fail') problems.push(describe(test, tree));
    if (test.kind === 'pass') tests.push(test);
    return undefined;
  };
  const asked = {
    ...CONFIG,
    ...{ exit, bail: firstFailure, files: files.map((file) => join(tree, compiledPath(file))) },
    ...(grep === undefined ? {} : { grep }),
  };
  const shrinks = !firstFailure || !files.some(hasProperties);
  const preloaded = shrinks ? [] : ['--import', WITHOUT_SHRINKING];
  // What fails without a guard is not read by a person.
  const mapped = firstFailure ? [] : ['--enable-source-maps'];
  const args = [...mapped, ...preloaded, join(tree, RUNNER), JSON.stringify(asked)];
  const limits = { stallSeconds: STALL_SECONDS, limitSeconds };
  const env = { TESTS_ADMITTED: join(tree, '.admitted') };
  const { code, output } = await run(node, args, { ...limits, cwd, env, onMessage });
  const explained = problems.length > 0 && ended && code !== null;
  // A test that calls process.exit(0) ends the process before the others.
  if ((code !== 0 || !ended) && !explained) problems.push(broken(files, ended, code, output));
  if (code === 0 && tests.length === 0) problems.push(`no test was found in ${files.join(' ')}`);
  return { passed: tests.length, failed: problems.length, report: problems.join('\n\n'), tests };
}

function hasProperties(file) {
  return readFileSync(join(root, file), 'utf8').includes("from 'fast-check'");
}

function broken(files, ended, code, output) {
  const what = ended ? 'left something running or failed at its end' : 'did not run to its end';
  return `the process of ${files.join(' ')}\n${what} (${code})\n${output.slice(-8000)}`;
}

/** The source of a file in a compiled tree, as a path of the repository. */
function sourceOf(path, tree) {
  return path.startsWith(`${tree}/`) ? path.slice(tree.length + 1).replace(/\.js$/, '.ts') : path;
}

function describe({ title, file, error }, tree) {
  const lines = [title, `  ${file}`, indent(error.text.replaceAll(`${tree}/`, ''))];
  if (error.expected !== undefined)
    lines.push(indent(`expected: ${error.expected}`), indent(`actual:   ${error.actual}`));
  return lines.join('\n');
}

function indent(text) {
  return String(text).replace(/^/gm, '    ');
}
