import { within } from '../domain/deadline.js';
import type { ReadinessCheck } from '../domain/readiness.js';
import type { Keyring } from '../token/keyring.js';
import { errorText } from './error-text.js';

/** Part of the one-second readiness check, in milliseconds. */
const READ_MS = 800;

/**
 * Creates the readiness check of the keyring: this node uses the newest generation that it knows of.
 * Reads the store itself, since a node that is not ready may get no requests. A failed read alone is no failure: the
 * keys in memory sign, and the check of Redis names the cause.
 */
export function keyringCheck(
  keyring: Pick<Keyring, 'refresh' | 'problem' | 'view'>,
): ReadinessCheck {
  return {
    name: 'keyring',
    check: async () => {
      await within(READ_MS, keyring.refresh()).catch(() => undefined);
      const problem = keyring.problem();
      if (problem === undefined) return { ok: true, detail: keyring.view().active.kid };
      return { ok: false, detail: `the keyring of the store is not in use: ${errorText(problem)}` };
    },
  };
}
