import { CountersignError, unavailable } from '../domain/errors.js';
import type { Principal } from '../domain/revocation.js';
import type { AuditReader } from './reader.js';

type Later<Method> = Method extends (...args: infer Args) => infer Answer
  ? (...args: Args) => Answer | Promise<Awaited<Answer>>
  : never;

/** The reads of the audit store that the service needs, in this thread or in another one. */
export type AuditReads = {
  readonly [Name in ReadName]: Later<AuditReader[Name]>;
};

/** Reads of principals, which take turns. */
export interface ReadsInTurn<Reads> {
  of(principal: Principal): Reads;
}

/** The reads that a reader thread serves. */
export const READS = [
  'query',
  'missing',
  'listDeliveries',
  'delivery',
  'storeId',
  'lost',
  'decisionLogState',
  'decision',
  'series',
] as const satisfies readonly (keyof AuditReader)[];
export type ReadName = (typeof READS)[number];

/** Returns the public error of a failed read: its CountersignError, else 503. */
export function unreadable(error: unknown): CountersignError {
  return error instanceof CountersignError ? error : unavailable('audit store', error);
}
