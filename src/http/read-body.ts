import type { IncomingMessage } from 'node:http';
import { CountersignError } from '../domain/errors.js';

/** Default size limit in bytes. */
export const MAX_BODY_BYTES = 65_536;
/** Bytes discarded after a 413, so that the caller can finish sending and read the answer. */
const MAX_DISCARDED_BYTES = 1_048_576;

const EMPTY = new Uint8Array(0);

/**
 * Reads a whole request body of at most `maxBytes`.
 * The server's request timeout ends a slow body, which saves a timer per request.
 */
export function readBody(req: IncomingMessage, maxBytes = MAX_BODY_BYTES): Promise<Uint8Array> {
  const encoding = req.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return Promise.reject(
      new CountersignError('unsupported_media_type', 'Send the body without a Content-Encoding.'),
    );
  }
  const declared = req.headers['content-length'];
  if (declared !== undefined && Number(declared) > maxBytes) {
    discardRest(req, 0);
    return Promise.reject(tooLarge(maxBytes));
  }
  return new Promise((resolve, reject) => {
    collect(req, maxBytes, resolve, reject);
  });
}

function collect(
  req: IncomingMessage,
  maxBytes: number,
  resolve: (body: Uint8Array) => void,
  reject: (error: CountersignError) => void,
): void {
  let first: Uint8Array = EMPTY;
  let rest: Uint8Array[] | undefined;
  let bytes = 0;
  const onData = (chunk: Uint8Array): void => {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      req.off('data', onData);
      discardRest(req, bytes);
      reject(tooLarge(maxBytes));
    } else if (bytes === chunk.length) first = chunk;
    else (rest ??= [first]).push(chunk);
  };
  req.on('data', onData);
  req.on('end', () => {
    resolve(rest === undefined ? first : Buffer.concat(rest, bytes));
  });
  req.on('error', ignore); // `close` follows
  req.on('close', () => {
    if (!req.complete) reject(new CountersignError('invalid_request', 'The body ended early.'));
  });
}

// `close` reports the failure; the answer is lost with the connection.
function ignore(): void {
  return;
}

function discardRest(req: IncomingMessage, alreadyRead: number): void {
  let bytes = alreadyRead;
  req.on('error', ignore);
  req.on('data', (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes > MAX_DISCARDED_BYTES) req.destroy();
  });
}

function tooLarge(maxBytes: number): CountersignError {
  return new CountersignError('payload_too_large', `The body is over ${String(maxBytes)} bytes.`);
}
