import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeCompiledChecks } from './compiled-checks.mjs';
import { filesBelow } from './digest.mjs';
import { root } from './root.mjs';

/** The folders whose TypeScript the tests run. */
export const COMPILED = ['src', 'test', 'bench'];
/** The entry of a test process in a compiled tree. Mocha leaves frames of a file with this name out of a stack. */
export const RUNNER = 'mocha.js';
const RUNNER_SOURCE = fileURLToPath(new URL('mocha-runner.mjs', import.meta.url));
const ESBUILD = { format: 'esm', target: 'node20', logLevel: 'error' };

/**
 * Fills `folder` with a copy of the repository in which TypeScript is JavaScript: a test process, and each process
 * and thread it starts, then loads the sources without a compiler. What holds no TypeScript is linked.
 */
export async function makeTree(folder) {
  const files = COMPILED.flatMap((name) => filesBelow(name));
  const sources = files.filter((path) => isSource(path));
  const { build } = await import('esbuild');
  await build({
    ...ESBUILD,
    absWorkingDir: root,
    entryPoints: sources,
    outdir: folder,
    outbase: root,
    sourcemap: true,
  });
  for (const path of files.filter((one) => !one.endsWith('.ts'))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path));
  }
  for (const name of readdirSync(root)) {
    if (![...COMPILED, '.git'].includes(name)) symlinkSync(join(root, name), join(folder, name));
  }
  await Promise.all([writeCompiledChecks(join(folder, 'src')), bundleRunner(join(folder, RUNNER))]);
}

async function bundleRunner(outfile) {
  const { build } = await import('esbuild');
  const named = "import { createRequire as requireOf } from 'node:module';";
  const js = `${named} const require = requireOf(import.meta.url);`;
  const bundled = { bundle: true, platform: 'node', banner: { js } };
  await build({ ...ESBUILD, ...bundled, entryPoints: [RUNNER_SOURCE], outfile });
}

/** The path of a source in a compiled tree. */
export function compiledPath(path) {
  return isSource(path) ? path.replace(/\.ts$/, '.js') : path;
}

/** The text of a source as it is in a compiled tree. */
export async function compileText(path, text) {
  if (!isSource(path)) return text;
  const { transform } = await import('esbuild');
  return (await transform(text, { ...ESBUILD, loader: 'ts', sourcefile: path })).code;
}

function isSource(path) {
  return path.endsWith('.ts') && !path.endsWith('.d.ts');
}
