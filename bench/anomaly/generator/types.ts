/** How an agent spends its day. */
export type Pattern = 'office' | 'round_the_clock' | 'cron' | 'batch';

export const ATTACK_KINDS = [
  'burst',
  'surge',
  'off_hours',
  'probing',
  'new_scope',
  'ramp',
  'spread',
  'mimic',
] as const;
export type AttackKind = (typeof ATTACK_KINDS)[number];

export interface GeneratedEvent {
  readonly atMs: number;
  readonly resource: string;
  readonly scope: string;
  readonly client: string;
  readonly denied: boolean;
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
  readonly compromise?: Compromise;
}

export interface Workload {
  readonly seed: number;
  readonly agents: number;
  /** Nothing malicious happens in these days, and no alert is counted. */
  readonly warmUpDays: number;
  readonly testDays: number;
  /** Share of the agents that are compromised once; 0 for a benign fleet. */
  readonly compromisedShare: number;
}
