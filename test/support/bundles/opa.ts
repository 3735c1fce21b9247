import { spawnSync } from 'node:child_process';

/** The OPA binary: COUNTERSIGN_OPA, or `opa` on the PATH. */
export function opaBinary(): string {
  return process.env['COUNTERSIGN_OPA'] ?? 'opa';
}

/** Runs OPA and returns what it printed; throws with its complaint, which it prints on either stream. */
export function opa(args: readonly string[], options: { cwd?: string } = {}): string {
  const { status, stdout, stderr, error } = spawnSync(opaBinary(), args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  });
  if (error !== undefined) {
    throw new Error('opa cannot be run: set COUNTERSIGN_OPA or put it on the PATH', {
      cause: error,
    });
  }
  if (status !== 0) throw new Error(`opa ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}
