#!/usr/bin/env node
// Compiles src/ into dist/, unless dist/ is what the present sources make.
import {
  chmodSync,
  cpSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeCompiledChecks } from './lib/compiled-checks.mjs';
import { digestOfFiles } from './lib/digest.mjs';
import { root } from './lib/root.mjs';
import { runToEnd } from './lib/run.mjs';

const dist = join(root, 'dist');
const stamp = join(dist, '.built-from');
const inputs = ['src', 'rego/schemas', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

/** Builds when needed; true when it did. Throws CommandFailed with the compiler's words. */
export async function build({ force = false } = {}) {
  const digest = digestOfFiles(inputs);
  if (!force && existsSync(join(dist, 'main.js')) && readStamp() === digest) return false;
  // Made aside and moved in whole: nothing of an older or a failed build is left, or seen half written.
  const next = `${dist}-${process.pid}`;
  try {
    await compile(next);
    writeFileSync(join(next, '.built-from'), digest);
    rmSync(dist, { recursive: true, force: true });
    renameSync(next, dist);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
  return true;
}

/** Types are checked by `npm test`; here they are only taken off, which is several times faster. */
async function compile(outDir) {
  const compiler = join(root, 'node_modules', 'typescript-native', 'bin', 'tsc');
  await runToEnd(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', outDir], {
    progress: 'compiling',
  });
  cpSync(join(root, 'src', 'redis', 'lua'), join(outDir, 'redis', 'lua'), { recursive: true });
  await writeCompiledChecks(outDir);
  chmodSync(join(outDir, 'main.js'), 0o755);
}

function readStamp() {
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const options = process.argv.slice(2);
  if (options.some((option) => option !== '--force')) {
    process.stdout.write('usage: node scripts/build.mjs [--force]\n');
    process.exit(options.includes('--help') ? 0 : 2);
  }
  try {
    const built = await build({ force: options.includes('--force') });
    process.stdout.write(built ? 'built dist/\n' : 'dist/ is up to date\n');
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
