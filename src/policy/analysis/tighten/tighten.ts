import { parsePointer, valueAt } from '../../../domain/json-pointer.js';
import type { PolicyInput } from '../../../domain/policy.js';
import type { GrantProposal, TightenReport } from '../../../domain/policy-analysis.js';
import type { RecordedDecision } from '../../../domain/policy-lifecycle.js';
import type { AgentGrant } from '../../../domain/records.js';
import type { Bundle } from '../../bundle/read.js';
import { grantsIn, type DataGrants } from '../diff/grants-in-data.js';
import { compareOutcomes } from '../../serving/compare.js';
import type { Judge } from '../replay/judge.js';
import { caseFile, type Asked } from './case-file.js';
import { narrowGrants, type UsedScope } from './narrow.js';
import { Usage } from './usage.js';

export interface TightenOptions {
  /** Newest first; read twice, so that they need not be stored. */
  readonly decisions: () => Iterable<RecordedDecision>;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly bundle: Bundle;
  /** Creates a judge of a bundle with replaced data. */
  readonly judgeOf: (bundle: Bundle) => Promise<Judge>;
}

const MAX_NAMED = 20;
const LIMITS = [
  'Use is recorded when a resource server introspects a token: a server that verifies tokens locally records none.',
  'Use is recorded per token, not per scope: all scopes of a used token count as used.',
  'A scope used once a quarter looks unused in a shorter period: compare a full cycle of the work.',
];

/**
 * Compares granted with used scopes and proposes the smallest grants that cover the used ones.
 * Covers the grants of agents and the roles of the policy's data. Changes nothing; the proposals come with tests and
 * with their effect on recorded decisions.
 */
export async function tighten(options: TightenOptions): Promise<TightenReport> {
  const { decisions, sinceMs, untilMs, bundle } = options;
  const usage = new Usage();
  for (const decision of decisions()) usage.add(decision);
  const uses = usage.uses();
  const holders = usage.holders();
  const used = uses.filter((use) => use.used > 0);
  const seen = new Set(used.map(({ resource }) => resource));
  const unseen = new Set(uses.map(({ resource }) => resource).filter((id) => !seen.has(id)));
  const agents = agentProposals(usage, used, unseen);
  const data = JSON.parse(Buffer.from(bundle.data).toString('utf8')) as unknown;
  const lists = grantsIn(data);
  const roles = roleProposals(lists, usage, used, unseen);
  const tightened = await options.judgeOf({
    ...bundle,
    data: Buffer.from(JSON.stringify(patched(data, roles))),
  });
  const grantsOf = (agent: string): readonly AgentGrant[] =>
    agents.find(({ id }) => id === agent)?.after ?? holders.get(agent)?.grants ?? [];
  const asked: Asked[] = uses
    .filter(({ resource }) => !unseen.has(resource))
    .map((use) => ({ ...use, grants: grantsOf(use.agent) }));
  const cases = await caseFile(asked, tightened);
  const check = await checked(decisions(), tightened, grantsOf);
  return {
    since_ms: sinceMs,
    until_ms: untilMs,
    tokens: usage.tokens,
    uses: uses.map(({ input: _, ...use }) => use),
    proposals: [...agents, ...roles.map(({ proposal }) => proposal)],
    data_patch: roles.map(({ pointer, proposal }) => ({
      op: 'replace',
      path: pointer,
      value: proposal.after,
    })),
    cases: cases.file,
    ...(check.requests === 0 ? {} : { check }),
    notes: [...LIMITS, ...notesOf(usage, [...unseen], cases.left)],
  };
}

type Used = readonly (UsedScope & { readonly agent: string })[];

function agentProposals(usage: Usage, used: Used, unseen: ReadonlySet<string>): GrantProposal[] {
  return [...usage.holders()]
    .filter(([id]) => !usage.isIncomplete(id))
    .flatMap(([id, { grants: before }]): GrantProposal[] => {
      const after = narrowGrants(
        before,
        used.filter(({ agent }) => agent === id),
        unseen,
      );
      return isSame(before, after) ? [] : [{ of: 'agent', id, before, after }];
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

interface RoleProposal {
  readonly pointer: string;
  readonly proposal: GrantProposal;
}

/** Proposes roles only when an agent that made requests holds them; use of others is unknown. */
function roleProposals(
  lists: readonly DataGrants[],
  usage: Usage,
  used: Used,
  unseen: ReadonlySet<string>,
): RoleProposal[] {
  const holders = usage.holders();
  return lists.flatMap(({ role, pointer, grants: before }): RoleProposal[] => {
    const members = [...holders].filter(([, { roles }]) => roles.includes(role)).map(([id]) => id);
    if (members.length === 0 || members.some((id) => usage.isIncomplete(id))) return [];
    const after = narrowGrants(
      before,
      used.filter(({ agent }) => members.includes(agent)),
      unseen,
    );
    return isSame(before, after)
      ? []
      : [{ pointer, proposal: { of: 'role', id: role, before, after } }];
  });
}

function isSame(a: readonly AgentGrant[], b: readonly AgentGrant[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function patched(data: unknown, roles: readonly RoleProposal[]): unknown {
  const copy = structuredClone(data);
  for (const { pointer, proposal } of roles) {
    const steps = parsePointer(pointer);
    const parent = valueAt(copy, steps.slice(0, -1));
    Reflect.set(parent as object, steps.at(-1) ?? '', proposal.after);
  }
  return copy;
}

/** Decides every granted request with a used token again, with the proposed grants of its agent. */
async function checked(
  decisions: Iterable<RecordedDecision>,
  judge: Judge,
  grantsOf: (agent: string) => readonly AgentGrant[],
): Promise<NonNullable<TightenReport['check']>> {
  const counts = { requests: 0, still_granted: 0, narrowed: 0 };
  for (const { agent_id: id, outcome, input, use } of decisions) {
    if (input === undefined || use === undefined || outcome.scopes.length === 0) continue;
    counts.requests += 1;
    const agent: PolicyInput['agent'] = { ...input.agent, grants: grantsOf(id) };
    const after = await judge.judge({ ...input, agent });
    const lost = compareOutcomes(outcome, after.outcome).some(
      (kind) => kind === 'narrower' || kind === 'allow_to_deny',
    );
    if (lost) counts.narrowed += 1;
    else counts.still_granted += 1;
  }
  return counts;
}

function notesOf(usage: Usage, unseen: readonly string[], left: readonly string[]): string[] {
  const named = (items: readonly string[]): string =>
    items.slice(0, MAX_NAMED).join('; ') + (items.length > MAX_NAMED ? '; …' : '');
  return [
    ...(usage.tokens === 0 ? ['Nothing was granted in this time, so nothing is proposed.'] : []),
    ...(usage.incomplete.size === 0
      ? []
      : [`Too many scopes to list, so nothing is proposed: ${named([...usage.incomplete])}`]),
    ...(unseen.length === 0
      ? []
      : [
          `No token for these was ever introspected, so their grants stay unchanged: ${named(unseen)}`,
        ]),
    ...(left.length === 0
      ? []
      : [`No test for these, since the proposal gives neither expected answer: ${named(left)}`]),
  ];
}
