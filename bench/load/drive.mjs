// One load run against one contender: wrk where it is, autocannon else.
import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onCore } from '../process.mjs';

const execute = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('requests.lua', import.meta.url));
const AUTOCANNON = fileURLToPath(new URL('autocannon.mjs', import.meta.url));

/** Installs wrk with apt when this is root on Debian or a derivative. */
export function ensureWrk(say) {
  if (hasWrk() || process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) {
    return;
  }
  say('installing wrk (apt-get)');
  spawnSync('apt-get', ['-q', '-y', 'install', '--no-install-recommends', 'wrk']);
}

// wrk's --version ends with 1.
const hasWrk = () => spawnSync('wrk', ['-v']).error === undefined;

export const driverName = () => (hasWrk() ? 'wrk' : 'autocannon');

/** Writes the requests of a load to a file; `lines` are [authorization, body], the first `hot` of them hot. */
export function writeLoad(file, { url, path, type, lines, hot = 0 }) {
  writeFileSync(file, `${lines.map((line) => line.join('\t')).join('\n')}\n`);
  return { url, path, type, file, hot, next: 0 };
}

/** Runs a load for some seconds; throws on any answer that is not 2xx and on any broken connection. */
export async function drive(load, { core, seconds, connections }) {
  const wrk = hasWrk();
  const threads = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '--latency'];
  const command = wrk
    ? ['wrk', ...threads, '-s', SCRIPT, load.url]
    : [process.execPath, AUTOCANNON];
  const [file, ...args] = onCore(core, command);
  const env = {
    ...process.env,
    BENCH_FILE: load.file,
    BENCH_PATH: load.path,
    BENCH_TYPE: load.type,
    BENCH_HOT: String(load.hot),
    BENCH_START: String(load.next),
    BENCH_URL: load.url,
    BENCH_SECONDS: String(seconds),
    BENCH_CONNECTIONS: String(connections),
  };
  const { stdout } = await execute(file, args, { env, maxBuffer: 1 << 24 });
  const found = /^RESULT (.*)$/m.exec(stdout);
  if (found === null) throw new Error(`the load generator said nothing of use:\n${stdout}`);
  const result = JSON.parse(found[1]);
  if (result.requests === 0 || result.non_2xx > 0 || result.failed > 0) {
    throw new Error(`${load.url}${load.path}: bad answers: ${found[1]}`);
  }
  // The next run continues where this one ended, so that what it asks for is cold again.
  load.next += load.hot > 0 ? Math.ceil(result.requests / 2) : result.requests;
  return result;
}
