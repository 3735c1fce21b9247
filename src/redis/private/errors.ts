export type PrivateRedisProblem = 'not_found' | 'too_old' | 'locked' | 'start_failed';

/** A failure to start the private Redis; the message addresses the person who ran `npm start`. */
export class PrivateRedisError extends Error {
  override readonly name = 'PrivateRedisError';
  readonly code: PrivateRedisProblem;

  constructor(code: PrivateRedisProblem, message: string) {
    super(message);
    this.code = code;
  }
}
