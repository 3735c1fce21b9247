// Follows docker-compose.yml without Docker: what a container would be given, with the paths of this machine.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from './root.mjs';

export function readCompose() {
  return parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true });
}

/** The text with every path of a container that the service mounts replaced by the one below `folder`. */
export function withHostPaths(service, folder, text) {
  const mounts = service.volumes
    .filter((volume) => volume.startsWith('./'))
    .map((volume) => volume.split(':'));
  return mounts.reduce((all, [host, inside]) => all.replaceAll(inside, join(folder, host)), text);
}

/** The shell commands that start Redis and ask for its health, with another port and the paths of this machine. */
export function redisCommands({ services: { redis } }, folder, port) {
  const here = (command) =>
    withHostPaths(redis, folder, command)
      .replaceAll('$$', '$')
      .replace(/(--tls-port|-p) 6379/, `$1 ${port}`);
  return { start: here(redis.command.at(-1)), health: here(redis.healthcheck.test.at(-1)) };
}

/** The configuration of a service, with the paths of this machine and Redis on a port of it. */
export function serviceConfiguration({ services }, folder, port) {
  const text = readFileSync(join(folder, 'countersign.production.yaml'), 'utf8');
  return withHostPaths(services['service-a'], folder, text).replace(
    'rediss://redis:6379',
    `rediss://localhost:${port}`,
  );
}

/** The variables that a service of the compose file gets. */
export function environmentOf({ env_file: files }, folder) {
  return Object.assign({}, ...[files].flat().map((file) => readEnvFile(join(folder, file))));
}

/** The variables of an env_file. */
export function readEnvFile(path) {
  const lines = readFileSync(path, 'utf8').split('\n');
  const pairs = lines.filter((line) => line.includes('=')).map((line) => line.split(/=(.*)/s));
  return Object.fromEntries(pairs.map(([name, value]) => [name, value]));
}
