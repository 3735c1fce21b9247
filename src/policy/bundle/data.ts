import { MAX_DEPTH } from '../json/canonical.js';
import { parseJson, writeJson } from '../json/lossless.js';
import { isArray, isObject, type Term } from '../json/terms.js';
import type { BundleMembers } from './members.js';
import { BundleRefused } from './refused.js';

type Tree = Record<string, Term>;

/**
 * Merges the data of a bundle to one JSON text.
 * Reads `data.json` at the root and in folders; the path of a folder is where its content belongs. Throws BundleRefused
 * for YAML, which nothing would read, and for two files with different values of one key.
 */
export function readData(members: BundleMembers): Uint8Array {
  const yaml = members.paths().find((path) => /(^|\/)data\.ya?ml$/.test(path));
  if (yaml !== undefined) {
    throw new BundleRefused('data_invalid', [`${yaml}: data must be JSON, as opa build makes it`]);
  }
  const files = members.paths().filter((path) => /(^|\/)data\.json$/.test(path));
  if (files.length === 1 && files[0] === 'data.json') return readOnly(members, 'data.json');
  const root: Tree = emptyTree();
  for (const path of files) {
    const at = path.split('/').slice(0, -1);
    graft(root, at, parseFile(path, members.get(path) ?? Buffer.alloc(0)), path);
  }
  return new TextEncoder().encode(encode(root));
}

/** Reads a single root file, as `opa build` writes it, without the cost of rewriting its text. */
function readOnly(members: BundleMembers, path: string): Uint8Array {
  const value = parseFile(path, members.get(path) ?? Buffer.alloc(0));
  if (!isObject(value)) throw new BundleRefused('data_invalid', [`${path} must hold an object`]);
  return new TextEncoder().encode(encode(value));
}

function parseFile(path: string, content: Buffer): Term {
  try {
    // A byte order mark is kept and then is not JSON, as in OPA.
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

function encode(root: Readonly<Tree>): string {
  try {
    return isPlainJson(root, 0) ? JSON.stringify(root) : writeJson(root);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'not JSON';
    throw new BundleRefused('data_invalid', [`the data cannot be served: ${why}`], error);
  }
}

/** Returns whether JSON.stringify writes a term like writeJson, which is ten times slower. */
function isPlainJson(term: Term, depth: number): boolean {
  if (depth > MAX_DEPTH) return false;
  if (typeof term === 'number') return Number.isFinite(term);
  if (typeof term !== 'object' || term === null) return typeof term !== 'bigint';
  if (isArray(term)) return term.every((item) => isPlainJson(item, depth + 1));
  if (!isObject(term)) return false;
  for (const key in term) if (!isPlainJson(term[key] ?? null, depth + 1)) return false;
  return true;
}
