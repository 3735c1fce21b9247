import type { Clock } from '../domain/clock.js';
import type { AssertionReplayGuard } from '../domain/ports.js';
import type { CredentialOrigin } from '../domain/request.js';
import type { AgentRecord, ResourceServerRecord } from '../domain/records.js';
import type { AssertionExpectation, VerifiedAssertion } from '../domain/authentication.js';

/**
 * Cached records by id, with reads that are newer than a given moment.
 * Moments are counted, not timed, so they do not depend on a clock.
 */
export interface CredentialSource<Record> {
  /** Marks the current moment; a read that starts later is newer. */
  turn(): number;
  /** Returns the cached record; never reads the store. */
  peek(id: string): Record | undefined;
  /** Returns a record, possibly from the cache. */
  find(id: string): Promise<Record | undefined>;
  /** Returns a record read after the moment; reads the store only if the result of `find` is older. */
  readSince(id: string, turn: number): Promise<Record | undefined>;
}

/**
 * Verifies a client assertion except for single use; undefined on any failure. Never throws.
 * Its work follows from the assertion alone, not from the keys, of which there may be none.
 */
export type AssertionVerifier = (
  assertion: string,
  expectations: AssertionExpectation,
) => VerifiedAssertion | undefined;

/**
 * Budgets of failed authentications, separate for each endpoint.
 * A success neither charges nor restores them.
 */
export interface FailureLimiter {
  /**
   * Returns the seconds until the budgets of the source and of the pair afford a failure; 0 if they do.
   * In process.
   */
  waitSeconds(origin: CredentialOrigin, clientId: string): number;
  /**
   * Charges one failure to both budgets, here and, without waiting, in the store shared by all
   * instances.
   */
  charge(origin: CredentialOrigin, clientId: string): void;
}

/** A bounded lane for attempts from sources that exceeded their budget of failures. */
export interface ProofLane {
  /**
   * Runs the work in turn.
   * Throws CountersignError `slow_down` when the lane is full, or the wait is too long.
   */
  run<T>(origin: CredentialOrigin, work: () => Promise<T>): Promise<T>;
}

/** The dependencies of authentication. */
export interface AuthenticatorDeps {
  readonly agents: CredentialSource<AgentRecord>;
  readonly resourceServers: CredentialSource<ResourceServerRecord>;
  readonly replayGuard: AssertionReplayGuard;
  readonly verifyAssertion: AssertionVerifier;
  /** Checks prefix and checksum of a secret; a text that fails is not a secret of any client. */
  readonly isWellFormedSecret: (text: string, kind: 'agent' | 'resource_server') => boolean;
  readonly failures: FailureLimiter;
  readonly lane: ProofLane;
  readonly clock: Clock;
  /** Notes that a secret proved its client; absent in tests that do not look at it. */
  readonly onSecretUse?: (clientId: string, secretId: string) => void;
  /** The issuer URL of this service. */
  readonly assertionAudience: string;
  readonly assertionMaxAgeSeconds: number;
  /** `timingSafeEqual` except in tests that count the calls. Both sides are 32 bytes. */
  readonly compareDigests?: (left: Uint8Array, right: Uint8Array) => boolean;
}
