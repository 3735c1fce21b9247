export type PrivateRedisProblem = 'not_found' | 'too_old' | 'locked' | 'start_failed';

/** Why the private Redis could not be had; the message is written for the person who ran `npm start`. */
export class PrivateRedisError extends Error {
  override readonly name = 'PrivateRedisError';
  readonly code: PrivateRedisProblem;

  constructor(code: PrivateRedisProblem, message: string) {
    super(message);
    this.code = code;
  }
}
