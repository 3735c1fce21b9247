import type { Toolchain } from '../../src/policy/author/workspace.js';
import { findOpa } from '../../src/policy/runners/opa.js';

/** The real opa, with all the time it needs on a busy machine. */
export async function toolchain(): Promise<Toolchain> {
  const opa = await findOpa();
  if (opa === undefined) throw new Error('opa cannot be run: set COUNTERSIGN_OPA');
  return { opa, deadlineMs: 60_000 };
}
