import type { PolicyInput } from '../../../domain/policy.js';
import type { ScopeUse } from '../../../domain/policy-analysis.js';
import type { AgentGrant } from '../../../domain/records.js';
import { parseCases, type PolicyCase } from '../../author/cases.js';
import type { WrittenCase } from '../../author/case-file.js';
import type { Judge } from '../replay/judge.js';

const MAX_CASES = 200;
const FILE = 'tightened.json';

/** A scope that was granted, the newest input that asked for it, and what its agent is to hold. */
export interface Asked extends ScopeUse {
  readonly input: PolicyInput | undefined;
  readonly grants: readonly AgentGrant[];
}

export interface TightenedCases {
  /** As `rego/schemas/case.json` describes it. */
  readonly file: object;
  /** Scopes for which the tightened policy says neither what use nor what disuse asks for. */
  readonly left: readonly string[];
}

/**
 * Tests of the proposal: a scope that was used is still granted, one that was not is denied. What is expected is
 * what the tightened policy answers, so the file passes; what it answers otherwise is `left`. Texts that agents
 * declared are not copied: a test file is no place for them.
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
  const about = 'What was used stays allowed; what was granted and never used is denied.';
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
