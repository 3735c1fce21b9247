import { runToEnd, run } from './run.mjs';

/**
 * Checks that the openssl command is there, which makes the certificates of the tests and of the compose set-up;
 * installed by apt when it is not and this is root on Debian. Throws an Error that says what to run.
 */
export async function ensureOpenssl() {
  if (await answers()) return;
  if (process.getuid?.() === 0 && (await run('apt-get', ['--version'])).code === 0) {
    process.stderr.write('installing openssl (apt-get)\n');
    const options = ['-q', '-y', '-o', 'DPkg::Lock::Timeout=120'];
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await runToEnd('apt-get', [...options, 'update'], { env });
    await runToEnd('apt-get', [...options, 'install', '--no-install-recommends', 'openssl'], {
      env,
      progress: 'installing openssl',
    });
  }
  if (!(await answers())) {
    throw new Error('the openssl command is needed: install the package openssl');
  }
}

async function answers() {
  return (await run('openssl', ['version'])).code === 0;
}
