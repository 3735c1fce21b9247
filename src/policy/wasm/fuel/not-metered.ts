/** A module that the instrumenter refuses. The message says why, for the author of the policy. */
export class NotMetered extends Error {
  override readonly name = 'NotMetered';
}
