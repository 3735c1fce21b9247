// Requests of the harness itself: to check answers before they are timed, and to make what a load needs.
import { Agent, request as send } from 'node:http';

const keepAlive = new Agent({ keepAlive: true, maxSockets: 32 });

export const FORM = 'application/x-www-form-urlencoded';
export const JSON_TYPE = 'application/json';

export const basic = (id, secret) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

/** POSTs a body and resolves to `{status, text}`. */
export function post(url, path, type, [authorization, body]) {
  return call(url, path, 'POST', body, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    ...(authorization === '' ? {} : { Authorization: authorization }),
  });
}

/** GETs a path and resolves to `{status, text}`. */
export function get(url, path, headers = {}) {
  return call(url, path, 'GET', undefined, headers);
}

export function call(url, path, method, body, headers) {
  return new Promise((resolve, reject) => {
    const request = send(new URL(path, url), { method, headers, agent: keepAlive }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** POSTs and parses a 200; throws with the answer for anything else. */
export async function postJson(url, path, type, line) {
  const { status, text } = await post(url, path, type, line);
  if (status !== 200) throw new Error(`${url}${path} answered ${status}: ${text}`);
  return JSON.parse(text);
}

/** Runs `work(index)` for 0 … count-1, 32 at a time; resolves to the results in order. */
export async function inParallel(count, work) {
  const results = new Array(count);
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const index = next++;
      results[index] = await work(index);
    }
  };
  await Promise.all(Array.from({ length: 32 }, lane));
  return results;
}
