import { newId } from '../../domain/ids.js';
import { isExpired, type AgentSpec, type SecretRecord } from '../../domain/records.js';
import type { LiveTokens, TokenOption } from '../operations.js';
import type { Edit } from './agent-change.js';

/** A change that ends what an agent's live tokens rest on, and what happens to them. */
export interface EndingEdit {
  readonly edit: Edit;
  readonly liveTokens: LiveTokens;
}

/**
 * Returns whether a new specification ends what an agent's live tokens rest on: its grants, its roles, or its only means
 * to authenticate.
 */
export function endsGround(
  before: AgentSpec,
  after: AgentSpec,
  secrets: readonly SecretRecord[],
  nowMs: number,
): boolean {
  const ends = (listOf: (spec: AgentSpec) => readonly unknown[] | undefined): boolean =>
    (listOf(before) ?? []).length > 0 && (listOf(after) ?? []).length === 0;
  return (
    ends(({ grants }) => grants) ||
    ends(({ roles }) => roles) ||
    (ends(({ jwks }) => jwks?.keys) && !hasLiveSecret(secrets, nowMs))
  );
}

/** Returns whether a secret has not expired. */
export function hasLiveSecret(secrets: readonly SecretRecord[], nowMs: number): boolean {
  return secrets.some((secret) => !isExpired(secret, nowMs));
}

/** Adds to an edit that its tokens are revoked atomically with it, unless the caller keeps them. */
export function withLiveTokens(edit: Edit, { keepTokens = false }: TokenOption): EndingEdit {
  const liveTokens = keepTokens ? 'kept' : 'cut';
  const detail = { ...edit.detail, live_tokens: liveTokens };
  const options = keepTokens ? edit.options : { ...edit.options, cutUnder: newId('rev') };
  return {
    edit: { ...edit, detail, ...(options === undefined ? {} : { options }) },
    liveTokens,
  };
}
