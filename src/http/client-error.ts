import type { Duplex } from 'node:stream';
import { newId } from '../domain/ids.js';

/** Errors raised by node:http: error code → status, reason phrase and detail. */
const REFUSALS: Readonly<Record<string, readonly [number, string, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'The headers are too large.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'Content Too Large', 'The chunk extensions are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'The request did not arrive in time.'],
};
const MALFORMED = [400, 'Bad Request', 'The request is not well-formed HTTP.'] as const;

/** Answers a request that node:http rejects: bad framing, oversized headers, a slow request. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, phrase, detail] = REFUSALS[error.code ?? ''] ?? MALFORMED;
  const requestId = newId('req');
  const body = JSON.stringify({
    type: 'about:blank',
    title: phrase,
    status,
    detail,
    error: 'invalid_request',
    request_id: requestId,
  });
  socket.end(
    `HTTP/1.1 ${String(status)} ${phrase}\r\n` +
      'Content-Type: application/problem+json\r\nCache-Control: no-store\r\nConnection: close\r\n' +
      `X-Request-Id: ${requestId}\r\nContent-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`,
  );
}
