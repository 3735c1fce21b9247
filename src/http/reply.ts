import type { Reply } from './call.js';

const JSON_NO_STORE = [
  'Content-Type',
  'application/json',
  'Cache-Control',
  'no-store',
  'Pragma',
  'no-cache',
] as const;

/** A JSON answer that no cache keeps (RFC 6749 section 5.1). */
export function replyJson(
  status: number,
  document: unknown,
  extraHeaders: readonly string[] = [],
): Reply {
  const headers = extraHeaders.length === 0 ? JSON_NO_STORE : [...JSON_NO_STORE, ...extraHeaders];
  return { status, headers, body: JSON.stringify(document) };
}

/** An answer whose text was made before, such as a page or a key set. `maxAgeSeconds` 0 means no-store. */
export function replyDocument(contentType: string, body: string, maxAgeSeconds: number): Reply {
  const caching = maxAgeSeconds > 0 ? `public, max-age=${String(maxAgeSeconds)}` : 'no-store';
  return {
    status: 200,
    headers: [
      'Content-Type',
      contentType,
      'Cache-Control',
      caching,
      'X-Content-Type-Options',
      'nosniff',
    ],
    body,
  };
}

/** An answer without a body. */
export function replyEmpty(status: number, extraHeaders: readonly string[] = []): Reply {
  return { status, headers: ['Cache-Control', 'no-store', ...extraHeaders], body: '' };
}
