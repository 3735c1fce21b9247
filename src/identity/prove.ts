import type { CredentialOrigin } from '../domain/request.js';
import type { AuthenticatorDeps, CredentialSource } from './ports.js';
import type { Proof } from './proof.js';
import { invalidClient, slowDown } from './refusal.js';

/** `again`: the record must be newer than the call, and a single-use credential was already consumed. */
export type Mode = 'first' | 'again';

/** The origin and mode of an authentication attempt. */
export interface ProofAttempt {
  readonly id: string | undefined;
  readonly origin: CredentialOrigin;
  readonly mode: Mode;
}

/** A record whose version differs after each change. */
interface Versioned {
  readonly version: number | string;
}

/** The proven record, or the reason of the failure for the log. */
type ProofOutcome<R> = { readonly proven: R } | { readonly failure: string };

const CLIENT_ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const UNKNOWN = { failure: 'unknown or impossible client' };
const FAILED = { failure: 'proof failed' };

/**
 * Resolves to the record that matches a proof.
 * A source over its budget of failures is not refused: its credential is compared as usual, and expensive proofs go
 * through the lane. Only a failure is charged. Throws CountersignError `invalid_client`, `slow_down` when the budget
 * was already used up, or the error of a store.
 */
export async function prove<R extends Versioned>(
  deps: Pick<AuthenticatorDeps, 'failures' | 'lane'>,
  records: CredentialSource<R>,
  attempt: ProofAttempt,
  proof: Proof<R>,
): Promise<R> {
  const { id, origin, mode } = attempt;
  const clientId = id !== undefined && CLIENT_ID.test(id) ? id : '';
  const overdrawn = deps.failures.waitSeconds(origin, clientId) > 0;
  // `again` follows a success within this request, so it needs no lane.
  const outcome =
    overdrawn && mode === 'first'
      ? await proveOverBudget(deps, records, origin, clientId, proof)
      : await proveFreely(records, mode, clientId, proof);
  if ('proven' in outcome) return outcome.proven;
  deps.failures.charge(origin, clientId);
  if (!overdrawn) throw invalidClient(outcome.failure);
  throw slowDown(Math.max(1, deps.failures.waitSeconds(origin, clientId)), outcome.failure);
}

async function proveFreely<R extends Versioned>(
  records: CredentialSource<R>,
  mode: Mode,
  clientId: string,
  proof: Proof<R>,
): Promise<ProofOutcome<R>> {
  const readable = proof.possible && clientId !== '';
  const turn = records.turn();
  const read = (): Promise<R | undefined> =>
    mode === 'first' ? records.find(clientId) : records.readSince(clientId, turn);
  let record = readable ? await read() : undefined;
  let holds = holdsFor(proof, record);
  if (!holds && record !== undefined) {
    // A secret, key or status may be newer than the cache. An unknown id is never cached, so it was just read.
    const tried = record.version;
    record = await records.readSince(clientId, turn);
    // Equal work for both: only a record that changed meanwhile is compared again.
    if (record?.version !== tried) holds = holdsFor(proof, record);
  }
  if (record === undefined) return UNKNOWN;
  const proven = holds && (mode === 'again' || (await proof.consume(record)));
  return proven ? { proven: record } : FAILED;
}

/**
 * Proves with equal work for known and unknown ids: one comparison with the cached record or fillers,
 * then the lane.
 */
async function proveOverBudget<R extends Versioned>(
  { lane }: Pick<AuthenticatorDeps, 'lane'>,
  records: CredentialSource<R>,
  origin: CredentialOrigin,
  clientId: string,
  proof: Proof<R>,
): Promise<ProofOutcome<R>> {
  if (!proof.possible || clientId === '') return UNKNOWN;
  if (proof.costly) return lane.run(origin, () => proveFreely(records, 'first', clientId, proof));
  const turn = records.turn();
  const cached = records.peek(clientId);
  if (holdsFor(proof, cached) && cached !== undefined) {
    await proof.consume(cached);
    return { proven: cached };
  }
  return lane.run(origin, async () => {
    const record = await records.readSince(clientId, turn);
    const holds = holdsFor(proof, record);
    if (record === undefined) return UNKNOWN;
    if (!holds) return FAILED;
    await proof.consume(record);
    return { proven: record };
  });
}

function holdsFor<R>(proof: Proof<R>, record: R | undefined): boolean {
  return proof.holds(record) && proof.possible;
}
