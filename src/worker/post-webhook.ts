import { Webhook } from 'standardwebhooks';
import type { StoredAuditEvent } from '../domain/audit.js';
import type { WebhookEndpoint } from './ports.js';

export interface PostOptions {
  readonly timeoutMs: number;
  readonly nowMs: number;
  readonly stopping: AbortSignal;
}

/** Returns the body of a webhook: type, time and the audit event, which never holds a secret. */
export function webhookBody(event: StoredAuditEvent): string {
  const timestamp = new Date(event.time_ms).toISOString();
  return JSON.stringify({ type: event.type, timestamp, data: event });
}

/** Returns the headers of Standard Webhooks 1.0. The id is the delivery's, stable across attempts. */
export function webhookHeaders(
  endpoint: WebhookEndpoint,
  id: string,
  body: string,
  nowMs: number,
): Readonly<Record<string, string>> {
  const at = new Date(nowMs);
  return {
    'content-type': 'application/json',
    'user-agent': 'countersign-webhooks',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(nowMs / 1_000)),
    'webhook-signature': new Webhook(endpoint.secret).sign(id, at, body),
  };
}

/** Describes a failure without URL, address or body, so that it can be stored and shown. */
function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure';
  if (error.name === 'TimeoutError') return 'timeout';
  const cause: unknown = error.cause;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/u.test(code) ? code : 'connection failed';
}

/**
 * Sends one signed POST. Returns undefined after a 2xx answer, else a short reason.
 *
 * Redirects are not followed: a signed body must not reach an unconfigured endpoint. Throws when the worker is
 * stopping, since that is no failure of the endpoint.
 */
export async function postWebhook(
  endpoint: WebhookEndpoint,
  id: string,
  event: StoredAuditEvent,
  options: PostOptions,
): Promise<string | undefined> {
  const body = webhookBody(event);
  try {
    const response = await fetch(endpoint.url, {
      method: 'POST',
      headers: webhookHeaders(endpoint, id, body, options.nowMs),
      body,
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(options.timeoutMs), options.stopping]),
    });
    // The answer's body is discarded: unread, it would hold the connection.
    await response.body?.cancel();
    return response.ok ? undefined : `HTTP ${String(response.status)}`;
  } catch (error) {
    if (options.stopping.aborted) throw new Error('the worker is stopping', { cause: error });
    return failureOf(error);
  }
}
