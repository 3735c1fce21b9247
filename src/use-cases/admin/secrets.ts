import { CountersignError } from '../../domain/errors.js';

/** Maximum secrets per client: two, so that it can rotate without a gap. */
export const MAX_SECRETS = 2;

/** Creates a secret of 256 bits, with its lower-case hex SHA-256. */
export type MintSecret = (kind: 'agent' | 'resource_server') => {
  readonly secret: string;
  readonly sha256: string;
};

/** Returns the problems of a document beyond its schema; empty when valid. */
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
