import type { PolicyInput } from '../../../domain/policy.js';
import type { ScopeUse } from '../../../domain/policy-analysis.js';
import type { AgentGrant } from '../../../domain/records.js';
import { parseCases, type PolicyCase } from '../../author/cases.js';
import type { WrittenCase } from '../../author/case-file.js';
import type { Judge } from '../replay/judge.js';

const MAX_CASES = 200;
const FILE = 'tightened.json';

/** A granted scope, the newest input that requested it, and the proposed grants of its agent. */
export interface Asked extends ScopeUse {
  readonly input: PolicyInput | undefined;
  readonly grants: readonly AgentGrant[];
}

export interface TightenedCases {
  /** Content in the form of `rego/schemas/case.json`. */
  readonly file: object;
  /** Scopes for which the tightened policy gives neither expected answer. */
  readonly left: readonly string[];
}

/**
 * Generates tests of the proposal: a used scope stays granted, an unused one is denied.
 * Expectations are the answers of the tightened policy, so the file passes; other scopes go to `left`. Texts declared
 * by agents are not copied, since they do not belong in a test file.
 */
export async function caseFile(asked: readonly Asked[], judge: Judge): Promise<TightenedCases> {
  const resources: Record<string, object> = {};
  const drafts: { readonly use: Asked; readonly written: WrittenCase }[] = [];
  for (const use of asked) {
    if (use.input === undefined || drafts.length >= MAX_CASES) continue;
    const { id, ...entry } = use.input.resource;
    resources[id] = entry;
    drafts.push({ use, written: draftOf(use, use.input) });
  }
  const about = 'Used scopes stay allowed; scopes granted and never used are denied.';
  const head = { about, resources };
  if (drafts.length === 0) return { file: { about }, left: [] };
  const text = JSON.stringify({ ...head, cases: drafts.map(({ written }) => written) });
  const parsed = parseCases(new Map([[FILE, text]]));
  const cases: WrittenCase[] = [];
  const left: string[] = [];
  for (const [i, { use, written }] of drafts.entries()) {
    const expected = await expectedOf(judge, use, parsed[i]);
    if (expected === undefined) left.push(`${use.agent}: ${use.scope} on ${use.resource}`);
    else cases.push({ ...written, expect: expected });
  }
  return { file: cases.length === 0 ? { about } : { ...head, cases }, left };
}

function draftOf({ agent, resource, scope, used, grants }: Asked, input: PolicyInput): WrittenCase {
  const { roles, labels, authentication } = input.agent;
  const declared = Object.fromEntries(
    Object.keys(input.request.declared).map((name) => [name, 'example']),
  );
  return {
    name: `${agent} ${used > 0 ? 'uses' : 'never used'} ${scope} on ${resource}`,
    ask: { resource, scopes: [scope], declared },
    at: new Date(input.now.unix_ms).toISOString(),
    input: { agent: { id: agent, roles, grants, labels, authentication } },
    expect: { effect: used > 0 ? 'allow' : 'deny' },
  };
}

async function expectedOf(
  judge: Judge,
  { used }: ScopeUse,
  one: PolicyCase | undefined,
): Promise<WrittenCase['expect'] | undefined> {
  if (one === undefined) return undefined;
  const { evaluation } = await judge.judge(one.input);
  if (evaluation === undefined) return undefined;
  const { effect, removed = [], obligations } = evaluation.result;
  if (effect !== (used > 0 ? 'allow' : 'deny')) return undefined;
  const alarms = obligations
    .filter(({ type }) => type === 'alarm')
    .map(({ properties }) => String(properties['signal']));
  return {
    effect,
    ...(removed.length === 0
      ? {}
      : { removed: Object.fromEntries(removed.map(({ scope, rule }) => [scope, rule])) }),
    ...(alarms.length === 0 ? {} : { alarms }),
  };
}
