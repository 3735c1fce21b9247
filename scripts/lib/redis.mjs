import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './root.mjs';
import { run, runToEnd } from './run.mjs';

/** Redis is not on this machine; the message says what to run. */
export class RedisMissing extends Error {
  name = 'RedisMissing';
}

const OTHER_PACKAGE_MANAGERS = [
  ['brew', 'brew install redis'],
  ['dnf', 'sudo dnf install redis || sudo dnf install valkey'],
  ['apk', 'sudo apk add redis || sudo apk add valkey'],
  ['pacman', 'sudo pacman -S valkey'],
  ['zypper', 'sudo zypper install redis'],
  ['apt-get', 'sudo apt-get update && sudo apt-get install redis-server'],
];

/**
 * The path of a Redis or Valkey server of 7.0 or newer, installed by apt when there is none and this is root on
 * Debian or a derivative. Needs dist/. Throws RedisMissing, whose message says what to run.
 */
export async function ensureRedis() {
  const { findRedisServer } = await import(
    pathToFileURL(join(root, 'dist', 'redis', 'private', 'binary.js')).href
  );
  const find = () => {
    try {
      return { path: findRedisServer() };
    } catch (error) {
      return { why: error.message };
    }
  };
  const before = find();
  if (before.path !== undefined) return before.path;
  if (onPath('apt-get') && process.getuid?.() === 0) await installWithApt();
  const { path, why } = find();
  if (path === undefined) throw new RedisMissing(`${why}; ${advice()}`);
  return path;
}

/** What a person has to run on this machine. */
export function advice(has = onPath) {
  const known = OTHER_PACKAGE_MANAGERS.find(([manager]) => has(manager));
  const install = known === undefined ? 'install Redis 7 or newer' : `run: ${known[1]}`;
  return `${install}, or set COUNTERSIGN_REDIS_URL to a Redis that runs elsewhere`;
}

/** Installs the server and leaves no system service behind: the service runs a private Redis. */
async function installWithApt() {
  process.stderr.write('installing Redis (apt-get)\n');
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const apt = (progress, ...args) =>
    runToEnd('apt-get', ['-q', '-y', '-o', 'DPkg::Lock::Timeout=120', ...args], { env, progress });
  try {
    await apt('reading package lists', 'update');
    const name = await recentPackage();
    if (name === undefined) return;
    await withoutServiceStarts(() =>
      apt(`installing ${name}`, 'install', '--no-install-recommends', name),
    );
    if (onPath('systemctl')) await run('systemctl', ['disable', '--now', `${name}.service`]);
  } catch (error) {
    throw new RedisMissing(`Redis could not be installed: ${error.message}; ${advice()}`);
  }
}

/** The first package whose candidate is 7.0 or newer; undefined when the distribution has only older ones. */
async function recentPackage() {
  for (const name of ['redis-server', 'valkey-server']) {
    const { output } = await run('apt-cache', ['policy', name]);
    const version = /Candidate: (?:\d+:)?(\d+)\./.exec(output)?.[1];
    if (version !== undefined && Number(version) >= 7) return name;
  }
  return undefined;
}

/** Debian's packages ask this file whether they may start what they installed; 101 forbids it. */
export async function withoutServiceStarts(install) {
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await install();
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}

/** Whether a program of this name is in a folder of PATH. */
export function onPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => folder !== '' && existsSync(join(folder, name)));
}
