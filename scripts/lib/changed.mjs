import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dependencies } from './import-graph.mjs';
import { root } from './root.mjs';
import { run, runToEnd } from './run.mjs';

/** What every step depends on. */
const EVERYTHING =
  /^(package(-lock)?|tsconfig[\w.]*|\.mocharc)\.json$|^scripts\/lib\/(mocha|run|lanes|test-)/;

/** Paths of the repository that differ from where this branch left its base, uncommitted and new ones included. */
export async function changedFiles(base) {
  const git = async (...args) => lines(await runToEnd('git', args));
  const [from] = await git('merge-base', 'HEAD', base ?? (await defaultBase()));
  const known = await git('diff', '--name-only', '--no-renames', from);
  return [...new Set([...known, ...(await git('ls-files', '--others', '--exclude-standard'))])];
}

async function defaultBase() {
  for (const name of ['origin/main', 'main']) {
    const { code } = await run('git', ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
    if (code === 0) return name;
  }
  throw new Error('there is neither origin/main nor main: name the base, --changed=<commit>');
}

/**
 * The steps that a change touches, each as it has to run: checks that read a changed file, and of each suite the test
 * files that depend on one by their imports or by a file or folder they name.
 */
export function stepsFor(changed, steps, testFilesOf) {
  if (changed.some((path) => EVERYTHING.test(path))) return steps;
  const graph = dependencies();
  const touched = (file) => {
    const { files, folders } = graph.get(file);
    return changed.some(
      (path) => files.has(path) || [...folders].some((folder) => isWithin(path, folder)),
    );
  };
  return steps.flatMap((step) => {
    if (step.suite !== undefined) {
      const only = testFilesOf(step).filter(touched);
      return only.length === 0 ? [] : [{ ...step, only }];
    }
    const read = changed.filter((path) => step.reads.test(path));
    if (read.length === 0) return [];
    const present = read.filter((path) => existsSync(join(root, path)));
    if (step.perFile === undefined || present.length === 0) return [step];
    return [{ ...step, command: step.perFile(present) }];
  });
}

function isWithin(path, folder) {
  return folder === '' || path === folder || path.startsWith(folder.replace(/\/?$/, '/'));
}

function lines(text) {
  return text.split('\n').filter((line) => line !== '');
}
