import { Webhook } from 'standardwebhooks';
import type { StoredAuditEvent } from '../domain/audit.js';
import type { WebhookEndpoint } from './ports.js';

export interface PostOptions {
  readonly timeoutMs: number;
  readonly nowMs: number;
  readonly stopping: AbortSignal;
}

/** The body of a webhook: what happened, when, and the audit event, which carries no secret by construction. */
export function webhookBody(event: StoredAuditEvent): string {
  const timestamp = new Date(event.time_ms).toISOString();
  return JSON.stringify({ type: event.type, timestamp, data: event });
}

/** Headers of Standard Webhooks 1.0. The id is that of the delivery and the same in every try. */
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

/** Names what went wrong without URL, address or body, so that it can be stored and shown. */
function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure';
  if (error.name === 'TimeoutError') return 'timeout';
  const cause: unknown = error.cause;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/u.test(code) ? code : 'connection failed';
}

/**
 * Sends one signed POST. Undefined when the endpoint answered 2xx, else why not, in a few words.
 * Redirects are not followed: a signed body must not go where nobody configured it to go.
 * Throws when the worker is stopping: that says nothing about the endpoint.
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
    // The answer's body is of no interest; unread it would hold the connection.
    await response.body?.cancel();
    return response.ok ? undefined : `HTTP ${String(response.status)}`;
  } catch (error) {
    if (options.stopping.aborted) throw new Error('the worker is stopping', { cause: error });
    return failureOf(error);
  }
}
