import type { Exhaustion } from '../../domain/policy-lifecycle.js';

const SECOND_MS = 1000;
const WINDOW_SECONDS = 60;
/** Maximum number of named agents; more make no difference to a conclusion. */
const MAX_AGENTS = 16;

interface Second {
  readonly second: number;
  evaluations: number;
  ranOut: number;
}

/** Counts evaluations of one bundle, and those that used up their fuel, in the last minute. */
export class ExhaustionWindow {
  private seconds: Second[] = [];
  /** Last second in which an agent's evaluation ran out, oldest first. */
  private readonly agents = new Map<string, number>();

  /** Counts an evaluation at `nowMs` of a monotonic clock. */
  count(nowMs: number): Second {
    const second = Math.floor(nowMs / SECOND_MS);
    const last = this.seconds.at(-1);
    const current = last?.second === second ? last : { second, evaluations: 0, ranOut: 0 };
    if (current !== last) {
      this.seconds.push(current);
      this.seconds = this.seconds.filter((one) => one.second > second - WINDOW_SECONDS);
    }
    current.evaluations += 1;
    return current;
  }

  /** Counts an evaluation that used up its fuel. */
  countExhausted(agentId: string, nowMs: number): void {
    const current = this.count(nowMs);
    current.ranOut += 1;
    this.agents.delete(agentId);
    this.agents.set(agentId, current.second);
    if (this.agents.size > MAX_AGENTS) this.agents.delete(this.agents.keys().next().value ?? '');
  }

  /**
   * Returns the counts of the last minute; undefined without an evaluation.
   * Counts of a node where none ran out are part of the sum over all nodes.
   */
  counts(digest: string, nowMs: number): Exhaustion | undefined {
    const oldest = Math.floor(nowMs / SECOND_MS) - WINDOW_SECONDS;
    const within = this.seconds.filter(({ second }) => second > oldest);
    if (within.length === 0) return undefined;
    const agents = [...this.agents].filter(([, second]) => second > oldest).map(([id]) => id);
    return {
      digest,
      evaluations: sum(within, 'evaluations'),
      ran_out: sum(within, 'ranOut'),
      agents: agents.sort(),
    };
  }
}

function sum(seconds: readonly Second[], name: 'evaluations' | 'ranOut'): number {
  return seconds.reduce((total, one) => total + one[name], 0);
}
