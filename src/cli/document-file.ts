import { resolve } from 'node:path';
import { parseYaml } from '../config/document.js';
import { formatProblem } from '../config/problems.js';
import type { Tree } from '../config/tree.js';
import { usage } from './failure.js';
import type { Terminal } from './terminal.js';

/** Reads a YAML or JSON document from a file, or from standard input for `-`. */
export async function readDocumentFile(terminal: Terminal, path: string): Promise<Tree> {
  const text =
    path === '-' ? await terminal.readStdin() : terminal.readFile(resolve(terminal.cwd, path));
  if (text === undefined) throw usage(`no such file: ${path}`);
  const { tree, problems } = parseYaml(text);
  if (problems.length === 0) return tree;
  throw usage(`${path}:\n${problems.map((problem) => `  ${formatProblem(problem)}`).join('\n')}`);
}
