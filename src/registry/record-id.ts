export { isRecordId } from '../domain/ids.js';

const AUDIENCE = /^[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]+$/;
export const MAX_AUDIENCE_CHARS = 512;

/** Returns whether a text can be an audience: an absolute URI, unlike an id, which has no colon. */
export function isAudience(text: string): boolean {
  return text.length <= MAX_AUDIENCE_CHARS && AUDIENCE.test(text);
}
