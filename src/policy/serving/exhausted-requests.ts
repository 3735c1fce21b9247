import { createHash } from 'node:crypto';
import type { PolicyInput } from '../../domain/policy.js';
import { canonicalJson } from '../json/canonical.js';

/** Time in milliseconds in which a request that used up its fuel is not evaluated again. */
const REMEMBERED_MS = 60_000;
/** Maximum number of remembered requests; beyond it the oldest is dropped. */
const MAX_REMEMBERED = 10_000;

/**
 * Requests that used up their fuel, by agent, `request` and bundle.
 * Their repeats are refused without an evaluation, so that one request costs an agent's caller one evaluation a minute.
 */
export class ExhaustedRequests {
  /** End of the refusal by key, in order of that time. */
  private readonly untilMs = new Map<string, number>();

  /** Returns whether this request used up its fuel with this bundle in the last minute. */
  has(input: PolicyInput, digest: string, nowMs: number): boolean {
    this.forgetExpired(nowMs);
    // Almost always empty: a digest is only worth its time when it is not.
    if (this.untilMs.size === 0) return false;
    const until = this.untilMs.get(keyOf(input, digest));
    return until !== undefined;
  }

  add(input: PolicyInput, digest: string, nowMs: number): void {
    this.forgetExpired(nowMs);
    const [oldest] = this.untilMs.keys();
    if (this.untilMs.size >= MAX_REMEMBERED && oldest !== undefined) this.untilMs.delete(oldest);
    const key = keyOf(input, digest);
    this.untilMs.delete(key);
    this.untilMs.set(key, nowMs + REMEMBERED_MS);
  }

  private forgetExpired(nowMs: number): void {
    for (const [key, until] of this.untilMs) {
      if (nowMs < until) return;
      this.untilMs.delete(key);
    }
  }
}

/** Returns whether the agent itself asks; `none` is the authentication of an agent that another caller asks about. */
export function isOwn({ agent }: PolicyInput): boolean {
  return agent.authentication !== 'none';
}

function keyOf(input: PolicyInput, digest: string): string {
  const { agent, request } = input;
  // A question by another caller does not refuse a request of the agent.
  const named = canonicalJson([agent.id, isOwn(input), request, digest]);
  return createHash('sha256').update(named).digest('base64');
}
