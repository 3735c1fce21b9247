import type { Clock } from '../domain/clock.js';
import type { AssertionReplayGuard } from '../domain/ports.js';
import type { CredentialOrigin } from '../domain/request.js';
import type { AgentRecord, ResourceServerRecord } from '../domain/records.js';
import type { AssertionExpectation, VerifiedAssertion } from '../domain/authentication.js';

/**
 * Records by id, cached, with a way to demand one that is not older than a given moment. Moments are counted,
 * not timed, so no clock can blur them.
 */
export interface CredentialSource<Record> {
  /** Marks this moment; a read that starts later is newer than it. */
  turn(): number;
  /** What is cached; never reads the store. */
  peek(id: string): Record | undefined;
  /** May answer from a cache. */
  find(id: string): Promise<Record | undefined>;
  /** A record read after the moment; reads the store only if what `find` answered is older. */
  readSince(id: string, turn: number): Promise<Record | undefined>;
}

/** Checks a client assertion in full but for single use; undefined when anything about it is wrong. Never throws. */
export type AssertionVerifier = (
  assertion: string,
  expectations: AssertionExpectation,
) => VerifiedAssertion | undefined;

/** Budgets of failed authentications, for each endpoint its own. Success neither charges nor forgives. */
export interface FailureBrake {
  /** Seconds until the budgets of the source and of the pair afford a failure; 0 when they do now. In process. */
  waitSeconds(origin: CredentialOrigin, clientId: string): number;
  /** Takes one failure from both budgets, here and, without waiting for it, from those all instances share. */
  charge(origin: CredentialOrigin, clientId: string): void;
}

/** Few attempts at a time, for sources that are over their budget of failures. */
export interface ProofLane {
  /** Runs the work when it is its turn. Throws CountersignError `slow_down` when there is no place, or it is late. */
  run<T>(origin: CredentialOrigin, work: () => Promise<T>): Promise<T>;
}

/** What authentication needs from the rest of the service. */
export interface AuthenticatorDeps {
  readonly agents: CredentialSource<AgentRecord>;
  readonly resourceServers: CredentialSource<ResourceServerRecord>;
  readonly replayGuard: AssertionReplayGuard;
  readonly verifyAssertion: AssertionVerifier;
  /** Prefix and checksum of a secret: what fails here cannot be anybody's. */
  readonly isWellFormedSecret: (text: string, kind: 'agent' | 'resource_server') => boolean;
  readonly brake: FailureBrake;
  readonly lane: ProofLane;
  readonly clock: Clock;
  /** Our issuer URL. */
  readonly assertionAudience: string;
  readonly assertionMaxAgeSeconds: number;
  /** `timingSafeEqual` unless a test counts the calls. Both sides are 32 bytes. */
  readonly compareDigests?: (left: Uint8Array, right: Uint8Array) => boolean;
}
