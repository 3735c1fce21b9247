import { parseJson, writeJson } from '../json/lossless.js';
import { isObject, type Term } from '../json/terms.js';
import type { BundleMembers } from './members.js';
import { BundleRefused } from './refused.js';

type Tree = Record<string, Term>;

/**
 * The bundle's data as one JSON text: `data.json` at the root and in folders, whose path is where their content
 * belongs. Throws BundleRefused on YAML (nothing would read it) and on two files that say different things.
 */
export function readData(members: BundleMembers): Uint8Array {
  const root: Tree = emptyTree();
  for (const path of members.paths()) {
    if (/(^|\/)data\.ya?ml$/.test(path)) {
      throw new BundleRefused('data_invalid', [
        `${path}: data must be JSON, as opa build makes it`,
      ]);
    }
    if (path !== 'data.json' && !path.endsWith('/data.json')) continue;
    const at = path.split('/').slice(0, -1);
    graft(root, at, parseFile(path, members.get(path) ?? Buffer.alloc(0)), path);
  }
  return new TextEncoder().encode(encode(root));
}

function parseFile(path: string, content: Buffer): Term {
  try {
    // A byte order mark stays, and is then not JSON, as OPA has it.
    return parseJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content));
  } catch (error) {
    throw new BundleRefused('data_invalid', [`${path} is not JSON`], error);
  }
}

function graft(root: Tree, at: readonly string[], value: Term, path: string): void {
  if (at.length === 0 && !isObject(value)) {
    throw new BundleRefused('data_invalid', [`${path} must hold an object`]);
  }
  let wrapped = value;
  for (const segment of [...at].reverse()) {
    const parent = emptyTree();
    parent[segment] = wrapped;
    wrapped = parent;
  }
  merge(root, wrapped as Tree, path);
}

function merge(into: Tree, from: Tree, path: string): void {
  for (const [key, value] of Object.entries(from)) {
    const present = into[key];
    if (present === undefined) into[key] = isObject(value) ? copy(value, path) : value;
    else if (isObject(present) && isObject(value)) merge(present, value, path);
    else throw new BundleRefused('data_invalid', [`${path}: ${key} is in two files`]);
  }
}

function copy(value: Tree, path: string): Tree {
  const tree = emptyTree();
  merge(tree, value, path);
  return tree;
}

function emptyTree(): Tree {
  return Object.create(null) as Tree;
}

function encode(root: Tree): string {
  try {
    return writeJson(root);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it cannot be written';
    throw new BundleRefused('data_invalid', [`the data cannot be served: ${why}`], error);
  }
}
