import { unavailable } from '../domain/errors.js';
import type { KeyringStore } from '../domain/ports.js';
import type { KeyRecord, KeyringDocument, SigningAlg } from '../domain/token.js';
import {
  keyIn,
  requestRotation,
  revokeKey,
  withKeys,
  type KeyChangeCause,
  type KeyringPlan,
} from './key-changes.js';
import {
  nextRotationStep,
  planRotation,
  type RotationSchedule,
  type RotationStep,
} from './rotation.js';
import type { Sealer } from './sealer.js';
import { generateSigningKey } from './signing-key.js';

/** Lost races and steps after which somebody else is left to do the rest. */
const ATTEMPTS = 32;

/**
 * Takes every step of rotation that is due, and returns those that this caller took. May be stopped anywhere
 * and called again, and called by many at once: each step is one compare-and-set.
 */
export async function advanceRotation(
  store: KeyringStore,
  sealer: Sealer,
  schedule: RotationSchedule,
): Promise<readonly RotationStep[]> {
  const taken: RotationStep[] = [];
  let spare: KeyRecord | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { document, nowMs } = await readKeyring(store);
    const step = nextRotationStep(document, nowMs, schedule);
    if (!step) return taken;
    if (step === 'publish' && !spare) {
      // Made off the event loop, and before the time is taken: an RSA key takes long, and is not published meanwhile.
      spare = await generateSigningKey(schedule.alg, sealer, nowMs);
      continue;
    }
    const plan = planRotation(document, nowMs, { ...schedule, newKey: () => made(spare) });
    if (plan && (await store.replace(document.generation, plan.next, plan.events))) {
      taken.push(step);
      if (step === 'publish') spare = undefined;
    }
  }
  return taken;
}

/** Asks the worker for a rotation; false when one is asked for or under way already. */
export async function requestKeyRotation(
  store: KeyringStore,
  cause: KeyChangeCause,
): Promise<boolean> {
  return changeKeyring(store, (document, nowMs) => requestRotation(document, nowMs, cause));
}

/** Revokes a key (see `revokeKey`); false when there is no such key or it ended before. */
export async function revokeSigningKey(
  store: KeyringStore,
  sealer: Sealer,
  kid: string,
  options: KeyChangeCause & { readonly alg: SigningAlg },
): Promise<boolean> {
  let spare: KeyRecord | undefined;
  return changeKeyring(store, async (document, nowMs) => {
    const needsKey = keyIn(document, 'active')?.kid === kid && !keyIn(document, 'next');
    if (needsKey) spare ??= await generateSigningKey(options.alg, sealer, nowMs);
    return revokeKey(document, kid, nowMs, { ...options, newKey: () => made(spare) });
  });
}

/** Seals every private key under the current key-encryption key; false when all are already. */
export async function resealKeyring(store: KeyringStore, sealer: Sealer): Promise<boolean> {
  return changeKeyring(store, (document) => {
    const keys = document.keys.map((key): KeyRecord => {
      if (key.sealed_private_key === undefined) return key;
      const sealed = sealer.reseal(key.sealed_private_key, key.kid);
      return sealed === undefined ? key : { ...key, sealed_private_key: sealed };
    });
    const unchanged = keys.every((key, index) => key === document.keys[index]);
    return unchanged ? undefined : { next: withKeys(document, keys), events: [] };
  });
}

function made(spare: KeyRecord | undefined): KeyRecord {
  if (!spare) throw unavailable('keyring: a step needs a key that was not made');
  return spare;
}

/** Plans and writes until the write wins; false when there is nothing to write. Throws a 503 after many lost races. */
async function changeKeyring(
  store: KeyringStore,
  plan: (
    document: KeyringDocument,
    nowMs: number,
  ) => Promise<KeyringPlan | undefined> | KeyringPlan | undefined,
): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { document, nowMs } = await readKeyring(store);
    const planned = await plan(document, nowMs);
    if (!planned) return false;
    if (await store.replace(document.generation, planned.next, planned.events)) return true;
  }
  throw unavailable('keyring: others kept changing it');
}

async function readKeyring(
  store: KeyringStore,
): Promise<{ readonly document: KeyringDocument; readonly nowMs: number }> {
  const document = await store.read();
  if (!document) throw unavailable('keyring: there is none yet');
  return { document, nowMs: await store.tickMs() };
}
