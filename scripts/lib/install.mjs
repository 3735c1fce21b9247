import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOfFiles } from './digest.mjs';
import { root } from './root.mjs';
import { runToEnd } from './run.mjs';

const modules = join(root, 'node_modules');
const stamp = join(modules, '.countersign-installed');

/** Runs `npm ci` unless node_modules is what package-lock.json says; true when it ran. Throws CommandFailed. */
export async function ensureInstalled() {
  const wanted = digestOfFiles(['package-lock.json']);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return false;
  const current = installedByHand();
  if (!current) {
    process.stderr.write('installing dependencies (npm ci)\n');
    // Development dependencies hold the compiler, so NODE_ENV=production must not leave them out.
    const [command, ...args] = npm('ci', '--include=dev', '--no-audit', '--no-fund');
    await runToEnd(command, args, { progress: 'installing dependencies' });
  }
  writeFileSync(stamp, wanted);
  return !current;
}

/** The npm that called this script, else the one on PATH, with these arguments. */
export function npm(...args) {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('npm-cli.js') ? [process.execPath, cli, ...args] : ['npm', ...args];
}

/** Whether somebody's own npm ran after the lock file last changed. */
function installedByHand() {
  const hidden = statSync(join(modules, '.package-lock.json'), { throwIfNoEntry: false });
  return (
    hidden !== undefined && hidden.mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
  );
}
