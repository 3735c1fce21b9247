import { readFileSync } from 'node:fs';
import type { PolicyResult } from '../../domain/policy.js';
import { isScope, MAX_SCOPES } from '../../domain/scope.js';
import { compileCheck, type Checked } from '../../schema/compile.js';
import type { Problem } from '../../schema/problem.js';
import { canonicalJson } from '../json/canonical.js';

/** Limits of a policy result; a result above them is not a decision. */
export const RESULT_LIMITS = {
  bytes: 65_536,
  reasons: 64,
  removed: 256,
  obligations: 32,
  approvers: 64,
  textChars: 1024,
} as const;

const schema = JSON.parse(
  readFileSync(new URL('../../../rego/schemas/result.json', import.meta.url), 'utf8'),
) as object;
const checkShape = compileCheck<PolicyResult>(schema);

// Few distinct decisions recur. Only valid, short ones are cached: a few MiB at most.
const REMEMBERED = 256;
const REMEMBERED_CHARS = 2048;
const remembered = new Map<string, Checked<PolicyResult>>();

/**
 * Reads the decision in the text of a result set, as checkResult() does.
 * The result depends on the text only, so equal texts share one frozen result.
 */
export function readResult(text: string | undefined): Checked<PolicyResult> {
  if (text === undefined) return refuse('', 'the result is too large');
  const before = remembered.get(text);
  if (before !== undefined) return before;
  const checked = checkResult(text);
  if (!checked.ok || text.length > REMEMBERED_CHARS) return checked;
  freeze(checked);
  remembered.set(text, checked);
  if (remembered.size > REMEMBERED) {
    const [oldest = ''] = remembered.keys();
    remembered.delete(oldest);
  }
  return checked;
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const member of Object.values(value)) freeze(member);
  Object.freeze(value);
}

/**
 * Validates the decision in the text of a result set.
 * It must be defined, be one object of the closed schema, respect the limits and have the member its effect needs.
 * Lists are sorted, since WASM orders sets by hash.
 */
function checkResult(text: string): Checked<PolicyResult> {
  let decision: unknown;
  try {
    const set: unknown = JSON.parse(text);
    if (!Array.isArray(set) || set.length !== 1) return refuse('', 'the decision is undefined');
    decision = (set[0] as { result?: unknown }).result;
    canonicalJson(decision);
  } catch (error) {
    return refuse('', error instanceof Error ? error.message : 'not JSON');
  }
  const checked = checkShape(decision);
  if (!checked.ok) return checked;
  const problems = contractProblems(checked.value);
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, value: inOneOrder(checked.value) };
}

function refuse(pointer: string, message: string): Checked<PolicyResult> {
  return { ok: false, problems: [{ pointer, message }] };
}

function contractProblems(result: PolicyResult): Problem[] {
  const problems: Problem[] = [];
  const { effect, grant, review, reasons, removed = [], obligations } = result;
  const say = (when: boolean, pointer: string, message: string): void => {
    if (when) problems.push({ pointer, message });
  };
  const grants = effect === 'allow' || effect === 'narrow';
  say(grants && grant === undefined, '/grant', `${effect} needs a grant`);
  say(effect === 'review' && review === undefined, '/review', 'review needs a review');
  say((grant?.scopes.length ?? 0) > MAX_SCOPES, '/grant/scopes', 'too many');
  say(grant?.scopes.some((scope) => !isScope(scope)) ?? false, '/grant/scopes', 'not a scope');
  say((grant?.ttl_seconds ?? 1) < 1, '/grant/ttl_seconds', 'not positive');
  say((review?.approvers.length ?? 0) > RESULT_LIMITS.approvers, '/review/approvers', 'too many');
  say(reasons.length > RESULT_LIMITS.reasons, '/reasons', 'too many');
  say(removed.length > RESULT_LIMITS.removed, '/removed', 'too many');
  say(obligations.length > RESULT_LIMITS.obligations, '/obligations', 'too many');
  say(
    publicTexts(result).some((t) => t.length > RESULT_LIMITS.textChars),
    '',
    'a text is too long',
  );
  return problems;
}

function publicTexts(result: PolicyResult): string[] {
  return [
    ...result.reasons.flatMap(({ rule, code, message }) => [rule, code, message]),
    ...(result.removed ?? []).flatMap(({ scope, rule, reason }) => [scope, rule, reason]),
    ...result.obligations.flatMap(({ id, type }) => [id, type]),
    result.review?.reason ?? '',
  ];
}

function inOneOrder(result: PolicyResult): PolicyResult {
  return {
    ...result,
    ...(result.removed && { removed: sorted(result.removed) }),
    reasons: sorted(result.reasons),
    obligations: sorted(result.obligations),
  };
}

function sorted<T>(items: readonly T[]): readonly T[] {
  if (items.length < 2) return items;
  const keyed = items.map((item) => ({ item, key: canonicalJson(item) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map((k) => k.item);
}
