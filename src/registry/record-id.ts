const RECORD_ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const AUDIENCE = /^[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]+$/;
export const MAX_AUDIENCE_CHARS = 512;

/** Whether a text can be the id of an agent, resource or resource server. */
export function isRecordId(text: string): boolean {
  return RECORD_ID.test(text);
}

/** Whether a text can be an audience: an absolute URI, which no id can look like, since ids have no colon. */
export function isAudience(text: string): boolean {
  return text.length <= MAX_AUDIENCE_CHARS && AUDIENCE.test(text);
}
