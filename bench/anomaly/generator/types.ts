/** How an agent spends its day. */
export type Pattern = 'office' | 'round_the_clock' | 'cron' | 'batch';

/** Detectable by what is asked for. */
export const USAGE_KINDS = [
  'burst',
  'surge',
  'off_hours',
  'probing',
  'new_scope',
  'ramp',
  'spread',
  'mimic',
] as const;
/** Quiet in what is asked for: detectable, if at all, by evidence of another sort. */
export const EVIDENCE_KINDS = ['honey', 'passed_on', 'revoked', 'stolen'] as const;
export const ATTACK_KINDS = [...USAGE_KINDS, ...EVIDENCE_KINDS] as const;
export type AttackKind = (typeof ATTACK_KINDS)[number];

export interface GeneratedEvent {
  readonly atMs: number;
  readonly resource: string;
  readonly scope: string;
  readonly client: string;
  readonly denied: boolean;
  readonly malicious: boolean;
  /** Its session, run or job; absent when an attacker asks. */
  readonly task?: number;
  /** The scope is one the catalogue marks as a trap. */
  readonly honey?: true;
  /** When what the request names (its session or task) was revoked; absent when it was not. */
  readonly revokedMs?: number;
}

/** A resource server asks about a token of the agent that was not made for it. No request of the agent's. */
export interface Misuse {
  readonly atMs: number;
  readonly caller: string;
  readonly malicious: boolean;
}

export interface Compromise {
  readonly kind: AttackKind;
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether the extra requests come in sessions like the agent's own, or evenly over the time. */
  readonly timing: 'sessions' | 'even';
}

export interface GeneratedAgent {
  readonly id: string;
  readonly pattern: Pattern;
  /** In order of time. */
  readonly events: readonly GeneratedEvent[];
  /** In order of time. */
  readonly misuses?: readonly Misuse[];
  readonly compromise?: Compromise;
}

export interface Workload {
  readonly seed: number;
  readonly agents: number;
  /** Nothing malicious happens in these days, and no alert is counted. */
  readonly warmUpDays: number;
  readonly testDays: number;
  /** Share of the agents that are compromised once by what they ask for, and half as many by the other kinds; 0 for a benign fleet. */
  readonly compromisedShare: number;
}
