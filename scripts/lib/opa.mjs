// Finds the one version of `opa` the policy is built and tested with. Node's own modules only.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The only version accepted: another one compiles other bytes. */
export const OPA_VERSION = '1.22.2';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CACHE = join(ROOT, '.cache', 'opa');
const MODULE = `github.com/open-policy-agent/opa@v${OPA_VERSION}`;
const BINARY = process.platform === 'win32' ? 'opa.exe' : 'opa';

/** The version a binary reports, or undefined when it is not there or is no `opa`. */
export function opaVersion(path) {
  const ran = spawnSync(path, ['version'], { encoding: 'utf8', timeout: 60_000 });
  return ran.status === 0 ? /^Version: (\S+)/m.exec(ran.stdout)?.[1] : undefined;
}

/**
 * The path of an `opa` of exactly `OPA_VERSION`: `COUNTERSIGN_OPA`, else PATH, else `.cache/opa`, else
 * installed there with `go install`. Throws an Error that names the command to run when there is none.
 */
export function findOpa({ env = process.env, cache = CACHE, say = announce } = {}) {
  const named = env['COUNTERSIGN_OPA'];
  if (named !== undefined && named !== '') return requireVersion(named);
  const cached = join(cache, BINARY);
  const found = ['opa', cached].find((path) => opaVersion(path) === OPA_VERSION);
  return found ?? install(cache, cached, env, say);
}

function requireVersion(path) {
  const version = opaVersion(path);
  if (version === OPA_VERSION) return path;
  const seen = version === undefined ? 'does not run' : `is version ${version}`;
  throw new Error(`COUNTERSIGN_OPA=${path} ${seen}; opa ${OPA_VERSION} is needed`);
}

function install(cache, target, env, say) {
  say(`opa ${OPA_VERSION} was not found: building it with go install, which takes some minutes …`);
  mkdirSync(cache, { recursive: true });
  const ran = spawnSync('go', ['install', MODULE], {
    cwd: cache,
    env: { ...env, GOBIN: cache, CGO_ENABLED: '0', GOFLAGS: '' },
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (ran.status === 0 && existsSync(target) && opaVersion(target) === OPA_VERSION) return target;
  const why = ran.error?.code === 'ENOENT' ? 'go is not installed' : lastLine(ran.stderr);
  throw new Error(
    `opa ${OPA_VERSION} is needed and could not be built (${why}). Install Go, then run:\n` +
      `  GOBIN=${cache} go install ${MODULE}\n` +
      `or set COUNTERSIGN_OPA to an opa ${OPA_VERSION}.`,
  );
}

function lastLine(text) {
  return (text ?? '').trim().split('\n').at(-1) || 'go install failed';
}

function announce(line) {
  process.stderr.write(`${line}\n`);
}
