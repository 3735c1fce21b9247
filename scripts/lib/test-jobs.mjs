import { makeTree } from './compiled-tree.mjs';
import { filesBelow } from './digest.mjs';
import { runMocha } from './mocha.mjs';
import { findNode, newestNode } from './node-versions.mjs';
import { missingPrograms } from './programs.mjs';
import { run } from './run.mjs';

/** A check may compute in silence: one that says nothing for so long hangs. */
const SILENT_SECONDS = 3600;

/** The test files of a step. */
export function testFilesOf({ suite, except, choose }) {
  const files = filesBelow(suite).filter(
    (path) => path.endsWith('.test.ts') && !except?.test(path),
  );
  return choose?.(files) ?? files;
}

/**
 * The jobs of a step, each an asynchronous function that returns {passed, failed, report, note?, tests?}: a check
 * is one, a suite one for each process its files are run in. `heard` is called after each test.
 */
export function jobsOf(step, tree, heard) {
  if (step.suite === undefined) return [() => check(step.command)];
  const files = step.only ?? testFilesOf(step);
  // Dealt out in turn: files that stand together tend to be of one kind, and to take as long as each other.
  const processes = Math.max(1, Math.ceil(files.length / step.files));
  const hands = Array.from({ length: processes }, (_, hand) =>
    files.filter((_file, at) => at % processes === hand),
  );
  const ready = prepare(step);
  return hands.map((hand) => async () => {
    const { node, note } = await ready();
    if (note !== undefined) return { passed: 0, failed: 0, report: '', note };
    return runMocha(hand, { tree, node, heard });
  });
}

/** Makes the compiled tree the suites of these steps run in, if there is one. */
export async function compileFor(steps, folder) {
  if (steps.some(({ suite }) => suite !== undefined)) await makeTree(folder);
}

async function check(command) {
  const { code, output } = await run(process.execPath, command, { stallSeconds: SILENT_SECONDS });
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, report: output.trim() };
}

/** Finds once what a suite needs: its Node, or why it is skipped. */
function prepare({ node, programs = [], wants = [] }) {
  let found;
  const find = async () => {
    const absent = await missingPrograms([...programs, ...wants]);
    const missing = programs.filter((program) => absent.includes(program));
    if (missing.length > 0)
      return { note: `SKIPPED, could not be installed: ${missing.join(', ')}` };
    if (node === undefined) return { node: await newestNode() };
    const binary = await findNode(node);
    if (binary !== undefined) return { node: binary };
    const platform = `${process.platform}-${process.arch}`;
    return { note: `SKIPPED, no package holds Node ${node} for ${platform}` };
  };
  return () => (found ??= find());
}
