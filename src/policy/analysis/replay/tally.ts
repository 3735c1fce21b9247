import type { PolicyInput } from '../../../domain/policy.js';
import {
  outcomeView,
  type NotReplayable,
  type ReplayGroup,
  type ReplayReport,
} from '../../../domain/policy-analysis.js';
import {
  CHANGE_KINDS,
  type ChangeKind,
  type RecordedDecision,
} from '../../../domain/policy-lifecycle.js';
import { NEW_GRANTS } from '../../serving/compare.js';
import type { ReplayVerdict } from './judge.js';
import { rulesBehind } from './rules.js';

/** Maximum number of groups in the report; further ones are only counted. */
const MAX_GROUPS = 200;
const MAX_REASONS = 64;

/** The smallest input of a group so far. */
interface Example {
  readonly recorded: RecordedDecision;
  readonly input: PolicyInput;
  readonly chars: number;
  readonly after: ReplayVerdict['outcome'];
}

export interface OpenGroup {
  readonly kind: ChangeKind;
  readonly agent: string;
  readonly rules: readonly string[];
  count: number;
  example: Example;
}

type Counts = Pick<
  ReplayReport,
  | 'decisions'
  | 'replayed'
  | 'unchanged'
  | 'masked'
  | 'changes'
  | 'new_grants'
  | 'groups_omitted'
  | 'not_replayable'
>;

/** Counts replayed decisions in memory that is independent of their number. */
export class Tally {
  private decisions = 0;
  private replayed = 0;
  private unchanged = 0;
  private masked = 0;
  private newGrants = 0;
  private readonly changes = new Map<ChangeKind, number>();
  private readonly reasons = new Map<string, { count: number; example: string }>();
  private readonly groups = new Map<string, OpenGroup>();
  private readonly omitted = new Set<string>();
  oldestMs: number | undefined;

  see({ time_ms: timeMs, count = 1 }: RecordedDecision): void {
    this.decisions += count;
    this.oldestMs = Math.min(this.oldestMs ?? timeMs, timeMs);
  }

  skip(recorded: RecordedDecision, why: string): void {
    const reason = this.reasons.has(why) || this.reasons.size < MAX_REASONS ? why : 'other';
    const before = this.reasons.get(reason);
    const { count = 1 } = recorded;
    if (before === undefined) this.reasons.set(reason, { count, example: recorded.decision_id });
    else before.count += count;
  }

  count(
    recorded: RecordedDecision,
    input: PolicyInput,
    after: ReplayVerdict,
    kinds: readonly ChangeKind[],
    masked: boolean,
  ): void {
    this.replayed += 1;
    if (masked) this.masked += 1;
    if (kinds.length === 0) this.unchanged += 1;
    if (kinds.some((kind) => NEW_GRANTS.includes(kind))) this.newGrants += 1;
    for (const kind of kinds) {
      this.changes.set(kind, (this.changes.get(kind) ?? 0) + 1);
      this.group(kind, recorded, input, after);
    }
  }

  /** Returns the groups in a fixed order: by kind as in CHANGE_KINDS, then the largest first. */
  open(): readonly OpenGroup[] {
    const order = (group: OpenGroup): string =>
      `${String(CHANGE_KINDS.indexOf(group.kind)).padStart(2, '0')} ${String(1e9 - group.count).padStart(10, '0')} ${group.agent} ${group.rules.join(' ')}`;
    return [...this.groups.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1));
  }

  counts(): Counts {
    const reasons: NotReplayable[] = [...this.reasons].map(([reason, rest]) => ({
      reason,
      ...rest,
    }));
    return {
      decisions: this.decisions,
      replayed: this.replayed,
      unchanged: this.unchanged,
      masked: this.masked,
      changes: Object.fromEntries(
        CHANGE_KINDS.flatMap((kind) => {
          const count = this.changes.get(kind);
          return count === undefined ? [] : [[kind, count]];
        }),
      ),
      new_grants: this.newGrants,
      groups_omitted: this.omitted.size,
      not_replayable: reasons.sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
    };
  }

  private group(
    kind: ChangeKind,
    recorded: RecordedDecision,
    input: PolicyInput,
    after: ReplayVerdict,
  ): void {
    const rules = rulesBehind(kind, recorded, after);
    const agent = recorded.agent_id;
    const key = JSON.stringify([kind, agent, rules]);
    const group = this.groups.get(key);
    if (group === undefined && this.groups.size >= MAX_GROUPS) {
      // A separate bound, since a store can hold any number of agents.
      if (this.omitted.size < MAX_GROUPS * 100) this.omitted.add(key);
      return;
    }
    const chars = JSON.stringify(input).length;
    const example: Example = { recorded, input, chars, after: after.outcome };
    if (group === undefined) this.groups.set(key, { kind, agent, rules, count: 1, example });
    else {
      group.count += 1;
      if (chars < group.example.chars) group.example = example;
    }
  }
}

/** Returns a group in the form of the report. */
export function reported(
  group: OpenGroup,
  shown: Pick<ReplayGroup['example'], 'input' | 'minimised' | 'why_not_minimised'>,
): ReplayGroup {
  const { kind, agent, rules, count, example } = group;
  const before = outcomeView(example.recorded.outcome);
  const after = outcomeView(example.after);
  const { decision_id, revision } = example.recorded;
  return {
    kind,
    agent,
    rules,
    count,
    example: { decision_id, revision, before, after, ...shown },
  };
}
