#!/usr/bin/env node
// Follows the Dockerfile in a scratch folder: the build stage's steps as somebody who is not root, then the final
// stage's files, from which the service starts in the production profile, on what the set-up of the compose file
// makes and on its Redis, and its health check is asked. Base images and the final stage's own RUN step, which needs
// root, are not tried.
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { environmentOf, readCompose, redisCommands, serviceConfiguration } from './lib/compose.mjs';
import { parseCopy, parseDockerfile } from './lib/dockerfile.mjs';
import { freePort, startDaemon } from './lib/daemon.mjs';
import { findOpa } from './lib/opa.mjs';
import { ensureRedis } from './lib/redis.mjs';
import { root } from './lib/root.mjs';
import { run, runToEnd } from './lib/run.mjs';

const NOBODY = 65534;
const nobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
const scratch = mkdtempSync(join(tmpdir(), 'countersign-image-'));
const folders = new Map();
chmodSync(scratch, 0o755);

/** A folder that the user of the steps may write to. */
function makeFolder(name) {
  const folder = join(scratch, name);
  mkdirSync(folder, { recursive: true });
  if (nobody.uid !== undefined) chownSync(folder, nobody.uid, nobody.gid);
  return folder;
}

/** In the image the build stage runs as the owner of what it copied. */
async function giveAway(folder) {
  if (nobody.uid !== undefined) await runToEnd('chown', ['-R', `${NOBODY}:${NOBODY}`, folder]);
}

function copy({ from, sources, target }, folder) {
  for (const source of sources) {
    const path =
      from === undefined ? join(root, source) : join(folders.get(from), basename(source));
    const into = target.endsWith('/') ? join(target, basename(source)) : target;
    cpSync(path, join(folder, into), { recursive: true, verbatimSymlinks: true });
  }
}

/** Does a stage's COPY steps and, in a stage that others copy from, its RUN steps; returns its folder. */
async function follow({ alias, steps }, number) {
  const folder = makeFolder(`stage-${number}`);
  const home = makeFolder('home');
  folders.set(alias, folder);
  for (const { name, rest } of steps) {
    if (name === 'COPY') copy(parseCopy(rest), folder);
    if (name !== 'RUN' || alias === undefined) continue;
    await giveAway(folder);
    const env = { HOME: home, npm_config_cache: join(home, '.npm'), npm_config_userconfig: '' };
    await runToEnd('sh', ['-c', rest], { cwd: folder, env, progress: rest, ...nobody });
  }
  return folder;
}

const all = (steps, wanted) => steps.filter(({ name }) => name === wanted).map(({ rest }) => rest);

/** What the set-up of the compose file makes, by the user of the steps. */
async function setUp() {
  const folder = makeFolder('setup');
  const script = join(root, 'scripts', 'setup-compose.mjs');
  const args = ['--issuer', 'https://auth.example.com', '--folder', folder];
  await runToEnd(process.execPath, [script, ...args], {
    env: { COUNTERSIGN_OPA: findOpa() },
    progress: 'following the set-up of docker-compose.yml',
  });
  await giveAway(folder);
  return folder;
}

/** What the image and its operator set, with this machine's addresses. */
function environment(steps, setup, { redisPort, publicPort, adminPort }) {
  const config = join(scratch, 'countersign.yaml');
  writeFileSync(config, serviceConfiguration(readCompose(), setup, redisPort));
  return {
    ...environmentOf(readCompose().services['service-a'], setup),
    ...Object.fromEntries(all(steps, 'ENV').map((rest) => rest.split(/=(.*)/s).slice(0, 2))),
    PATH: process.env.PATH,
    COUNTERSIGN_CONFIG: config,
    COUNTERSIGN_DATA_DIR: makeFolder('data'),
    // A longer deadline for a busy machine; the operator's bundle is admitted in any case.
    COUNTERSIGN_POLICY_ADMISSION_DEADLINE_MS: '60000',
    COUNTERSIGN_LISTENERS_PUBLIC_HOST: '127.0.0.1',
    COUNTERSIGN_PORT: String(publicPort),
    COUNTERSIGN_ADMIN_PORT: String(adminPort),
  };
}

/** Asks as the image's health check does until it is content. Throws when the service ended or takes too long. */
async function untilHealthy(service, steps, adminPort) {
  const [, argv] = all(steps, 'HEALTHCHECK')[0].split('CMD ');
  const [, ...args] = JSON.parse(argv.replace('8485', String(adminPort)));
  const deadline = performance.now() + 180_000;
  for (;;) {
    const { code } = await run(process.execPath, args);
    if (code === 0) return;
    if (service.ended() || performance.now() > deadline) {
      throw new Error(`the service is not healthy:\n${service.output()}`);
    }
    await delay(200);
  }
}

async function serve(folder, steps) {
  const ports = { redisPort: await freePort(), publicPort: await freePort() };
  const adminPort = await freePort();
  await ensureRedis();
  const setup = await setUp();
  const { start } = redisCommands(readCompose(), setup, ports.redisPort);
  const redis = startDaemon('sh', ['-c', `${start} --bind 127.0.0.1`], {
    cwd: makeFolder('redis'),
    env: { PATH: process.env.PATH, ...environmentOf(readCompose().services.redis, setup) },
    ...nobody,
  });
  const [entry, command] = ['ENTRYPOINT', 'CMD'].map((name) => JSON.parse(all(steps, name)[0]));
  const env = environment(steps, setup, { ...ports, adminPort });
  const args = [...entry.slice(1), ...command];
  const service = startDaemon(process.execPath, args, { cwd: folder, env, ...nobody });
  try {
    await untilHealthy(service, steps, adminPort);
  } finally {
    await service.stop();
    await redis.stop();
  }
}

async function main() {
  const stages = parseDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'));
  let last;
  for (const [number, stage] of stages.entries()) last = await follow(stage, number);
  // The final files belong to root in the image: the service may read them and no more.
  if (nobody.uid !== undefined) chownSync(last, 0, 0);
  await serve(last, stages.at(-1).steps);
  process.stdout.write(`followed ${stages.length} stages; the service was healthy\n`);
}

try {
  await main();
} catch (error) {
  process.stdout.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
