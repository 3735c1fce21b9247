import { CountersignError } from '../../domain/errors.js';

/** Two, so that a client can be moved from one secret to the next without a gap. */
export const MAX_SECRETS = 2;

/** A new secret of 256 bits and its lower-case hex SHA-256. */
export type MintSecret = (kind: 'agent' | 'resource_server') => {
  readonly secret: string;
  readonly sha256: string;
};

/** What is wrong with a document, beyond what its schema says; empty when nothing is. */
export type SpecCheck<T> = (
  spec: T,
) => readonly { readonly pointer: string; readonly message: string }[];

/** Throws `invalid_request` with every problem of a document. */
export function checkSpec<T>(check: SpecCheck<T>, spec: T): void {
  const problems = check(spec);
  if (problems.length > 0) {
    throw new CountersignError('invalid_request', 'The document is not valid.', { problems });
  }
}
