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

/** Maximum number of lost compare-and-sets and steps of one caller. */
const ATTEMPTS = 32;

/**
 * Takes every rotation step that is due, and returns the steps this caller took.
 * Safe to interrupt, repeat and run concurrently: each step is one compare-and-set.
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
      // Generated off the event loop and before the time is taken: an RSA key takes long, and is not published until
      // then.
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

/** Requests a rotation from the worker. Returns false when one is requested or running already. */
export async function requestKeyRotation(
  store: KeyringStore,
  cause: KeyChangeCause,
): Promise<boolean> {
  return changeKeyring(store, (document, nowMs) => requestRotation(document, nowMs, cause));
}

/** Revokes a key (see `revokeKey`). Returns false when the key is unknown or already ended. */
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

/** Seals every private key under the current key-encryption key. Returns false when all already are. */
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
  if (!spare) throw unavailable('keyring: a step needs a key that was not generated');
  return spare;
}

/**
 * Plans and writes until the compare-and-set succeeds.
 * Returns false without a change. Throws 503 after many conflicts.
 */
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
  throw unavailable('keyring: too many conflicting changes');
}

async function readKeyring(
  store: KeyringStore,
): Promise<{ readonly document: KeyringDocument; readonly nowMs: number }> {
  const document = await store.read();
  if (!document) throw unavailable('keyring: not created yet');
  return { document, nowMs: await store.tickMs() };
}
