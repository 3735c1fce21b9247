import { execFileSync } from 'node:child_process';

/** The OPA binary: COUNTERSIGN_OPA, or `opa` on the PATH. */
export function opaBinary(): string {
  return process.env['COUNTERSIGN_OPA'] ?? 'opa';
}

/** Runs OPA and returns what it printed; throws with its complaint. */
export function opa(args: readonly string[], options: { cwd?: string; input?: string } = {}): string {
  return execFileSync(opaBinary(), args, {
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  });
}
