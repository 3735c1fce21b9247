import type { Reply } from './call.js';

const JSON_NO_STORE = [
  'Content-Type',
  'application/json',
  'Cache-Control',
  'no-store',
  'Pragma',
  'no-cache',
] as const;

/** Returns a JSON response with `Cache-Control: no-store` (RFC 6749 section 5.1). */
export function replyJson(
  status: number,
  document: unknown,
  extraHeaders: readonly string[] = [],
): Reply {
  const headers = extraHeaders.length === 0 ? JSON_NO_STORE : [...JSON_NO_STORE, ...extraHeaders];
  return { status, headers, body: JSON.stringify(document) };
}

/** Returns a response with a prepared text, such as a page. `maxAgeSeconds` 0 means no-store. */
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

/** Returns a response without a body. */
export function replyEmpty(status: number, extraHeaders: readonly string[] = []): Reply {
  return { status, headers: ['Cache-Control', 'no-store', ...extraHeaders], body: '' };
}
