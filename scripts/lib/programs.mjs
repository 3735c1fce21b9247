import { onPath, withoutServiceStarts } from './redis.mjs';
import { runToEnd } from './run.mjs';

/**
 * The programs of this list that are not on PATH, once apt has installed what it can: a program is in the package of its
 * name. Needs root on Debian or a system like it; elsewhere nothing is installed. Never throws.
 */
export async function missingPrograms(programs) {
  const missing = () => programs.filter((program) => !onPath(program));
  if (missing().length === 0 || !onPath('apt-get') || process.getuid?.() !== 0) return missing();
  const names = missing();
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const apt = (...args) =>
    runToEnd('apt-get', ['-q', '-y', '-o', 'DPkg::Lock::Timeout=120', ...args], {
      env,
      progress: `installing ${names.join(', ')}`,
    });
  try {
    await apt('update');
    await withoutServiceStarts(() => apt('install', '--no-install-recommends', ...names));
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
  }
  return missing();
}
