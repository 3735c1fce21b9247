import type { PolicyInput } from '../../../domain/policy.js';
import { MAX_SCOPES, MAX_SCOPE_CHARS } from '../../../domain/scope.js';
import { canonicalJson } from '../../json/canonical.js';

/** Limits of the registry (`src/schema/registry.ts`) and of requests. */
const MAX_ENTRIES = 500;
const MAX_GRANT_SCOPES = 500;
const MAX_ROLES = 64;
const MAX_LABELS = 64;
const LABEL_CHARS = 256;
const DECLARED_CHARS = 256;
const REASON_CHARS = 1024;
const SEGMENT_CHARS = 127;

/**
 * Returns the largest valid inputs around `base`.
 * They have long texts, many entries, and scopes that meet every entry. None exceeds `maxBytes`.
 */
export function worstCases(base: PolicyInput, maxBytes: number): ReadonlyMap<string, PolicyInput> {
  const cases = new Map<string, PolicyInput>([
    ['64 scopes of 256 characters, all in the largest catalogue', longScopes(base)],
    ['wildcards over the largest catalogue', wildcards(base)],
    ['the largest number of grants', manyGrants(base, maxBytes)],
    ['the longest texts, in ASCII', longTexts(base, 'a')],
    ['the longest texts, in multi-byte characters', longTexts(base, 'é')],
  ]);
  for (const [name, input] of cases) {
    if (canonicalJson(input).length > maxBytes) cases.delete(name);
  }
  return cases;
}

function longScopes(base: PolicyInput): PolicyInput {
  const asked = Array.from({ length: MAX_SCOPES }, (_, i) => longScope(i));
  const pattern = entry(`${'a'.repeat(SEGMENT_CHARS)}:*`);
  const patterns = Array.from({ length: MAX_ENTRIES - MAX_SCOPES }, () => pattern);
  return asking(base, asked, [...asked.map(entry), ...patterns]);
}

/** Every wildcard matches every entry. */
function wildcards(base: PolicyInput): PolicyInput {
  const below = Array.from({ length: MAX_ENTRIES }, (_, i) => `a:a:a:${String(i)}`);
  return asking(base, ['*', 'a:*', 'a:a:*', 'a:a:a:*', ...below], below.map(entry));
}

function manyGrants(base: PolicyInput, maxBytes: number): PolicyInput {
  const asked = Array.from({ length: MAX_SCOPES }, (_, i) => `a:${String(i)}`);
  const scopes = Array.from({ length: MAX_GRANT_SCOPES }, (_, i) => `b:${String(i)}`);
  const grant = { resource: '*', scopes };
  const room = Math.max(1, Math.floor((maxBytes * 0.9) / canonicalJson(grant).length));
  const input = asking(base, asked, asked.map(entry));
  const roles = Array.from({ length: MAX_ROLES }, (_, i) => `role-${String(i)}`);
  const agent = {
    ...input.agent,
    grants: [...input.agent.grants, ...Array.from({ length: room }, () => grant)],
    roles: [...new Set([...input.agent.roles, ...roles])].slice(0, MAX_ROLES),
  };
  return { ...input, agent };
}

/** Returns long runs that fail at their end, which reveal backtracking or a costly pattern. */
function longTexts(base: PolicyInput, letter: string): PolicyInput {
  const long = (chars: number): string => `${letter.repeat(chars - 1)}!`;
  const labels = Object.fromEntries(
    Array.from({ length: MAX_LABELS }, (_, i) => [`l${String(i)}`, long(LABEL_CHARS)]),
  );
  const id = long(DECLARED_CHARS);
  const declared = { session_id: id, task_id: id, user_id: id, reason: long(REASON_CHARS) };
  return {
    ...base,
    request: { ...base.request, declared },
    agent: { ...base.agent, labels },
    resource: { ...base.resource, labels },
  };
}

/**
 * Puts the scopes and grants of `base` first.
 * A policy may read the others only when it knows one of them.
 */
function asking(
  base: PolicyInput,
  more: readonly string[],
  entries: PolicyInput['resource']['scopes'],
): PolicyInput {
  const { request, agent, resource } = base;
  const scopes = [...new Set([...request.scopes, ...more])].slice(0, MAX_SCOPES);
  const grant = { resource: request.resource, scopes };
  return {
    ...base,
    request: { ...request, scopes },
    agent: { ...agent, grants: [...agent.grants, grant] },
    resource: { ...resource, scopes: [...resource.scopes, ...entries].slice(0, MAX_ENTRIES) },
  };
}

function entry(name: string): PolicyInput['resource']['scopes'][number] {
  return { name, risk: 'low', description: '' };
}

/** Returns a long scope that differs at its end, so that comparing two reads all characters. */
function longScope(i: number): string {
  const number = String(i).padStart(4, '0');
  const rest = MAX_SCOPE_CHARS - SEGMENT_CHARS - number.length - 2;
  return `${'a'.repeat(SEGMENT_CHARS)}:${'b'.repeat(rest)}:${number}`;
}
