import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Evaluation, PolicyInput } from '../../domain/policy.js';
import type { ChangeKind, Outcome, TrialCounts } from '../../domain/policy-lifecycle.js';
import { clampDecision } from './clamp.js';
import { compareOutcomes, type Outcomes } from './compare.js';
import type { LoadedBundle } from './loaded-bundle.js';

/** The selection of a canary's agents. */
export interface CanaryShare {
  readonly digest: string;
  readonly percent: number;
  /** Random text of this canary; absent in policy documents of earlier builds. */
  readonly salt?: string;
}

/** Number of equal parts of all agents, so that a share is exact to a hundredth of a percent. */
const PARTS = 10_000;

/**
 * Returns whether a canary includes an agent.
 * Deterministic per salt and agent; a growing share keeps every agent that it already included. An agent that does not
 * know the salt cannot compute it.
 */
export function canaryTakes({ digest, percent, salt }: CanaryShare, agentId: string): boolean {
  // As every node of the earlier build selects, until the canary is started again.
  if (salt === undefined) return crc32(`${digest} ${agentId}`) % 100 < percent;
  const digested = hash('sha256', `${salt} ${agentId}`, 'buffer');
  return digested.readUInt32BE(0) % PARTS < percent * (PARTS / 100);
}

/** A bundle on trial next to the active one, with counts of both on identical inputs. */
export class Trial {
  private decisions = 0;
  private errors = 0;
  private denials = 0;
  private activeErrors = 0;
  private activeDenials = 0;
  private readonly changes: Partial<Record<ChangeKind, number>> = {};
  /** Number of inputs not compared because the queue was full. */
  skipped = 0;

  constructor(
    readonly role: 'shadow' | 'canary',
    readonly bundle: LoadedBundle,
    readonly percent: number,
    /** Start time; a restarted trial has new counts. */
    readonly sinceMs: number,
    readonly salt?: string,
  ) {}

  takes(agentId: string): boolean {
    const { percent, salt, bundle } = this;
    const share = { digest: bundle.digest, percent };
    return canaryTakes(salt === undefined ? share : { ...share, salt }, agentId);
  }

  /** Counts the outcomes of both bundles on one input. */
  record(trial: Outcomes, active: Outcomes): void {
    this.decisions += 1;
    if (trial === 'error') this.errors += 1;
    else if (trial.scopes.length === 0) this.denials += 1;
    if (active === 'error') this.activeErrors += 1;
    else if (active.scopes.length === 0) this.activeDenials += 1;
    for (const kind of compareOutcomes(active, trial)) {
      this.changes[kind] = (this.changes[kind] ?? 0) + 1;
    }
  }

  counts(): TrialCounts {
    return {
      role: this.role,
      digest: this.bundle.digest,
      since_ms: this.sinceMs,
      decisions: this.decisions,
      errors: this.errors,
      denials: this.denials,
      active_errors: this.activeErrors,
      active_denials: this.activeDenials,
      skipped: this.skipped,
      changes: { ...this.changes },
    };
  }
}

/** Returns the outcome of an evaluation after clamping it to the request. */
export function outcomeOf(evaluation: Evaluation, input: PolicyInput): Outcome {
  const cap = input.resource.max_ttl_seconds;
  const { effect, scopes, ttlSeconds } = clampDecision(
    evaluation,
    input,
    cap === undefined ? [] : [cap],
  );
  return { effect, scopes, ttlSeconds };
}

/** Returns the outcome of an evaluation of one input; a fault is an outcome. Never throws. */
export function tryOutcome(evaluate: () => Evaluation, input: PolicyInput): Outcomes {
  try {
    return outcomeOf(evaluate(), input);
  } catch {
    return 'error';
  }
}
