import { crc32 } from 'node:zlib';
import type { Evaluation, PolicyInput } from '../../domain/policy.js';
import type { ChangeKind, Outcome, TrialCounts } from '../../domain/policy-lifecycle.js';
import { clampDecision } from './clamp.js';
import { compareOutcomes, type Outcomes } from './compare.js';
import type { LoadedBundle } from './loaded-bundle.js';
import type { EncodedInput } from './encode.js';

/**
 * Whether a canary of `percent` takes an agent. Always the same answer for the same agent and bundle, and whoever
 * was in stays in when the share grows.
 */
export function canaryTakes(digest: string, percent: number, agentId: string): boolean {
  return crc32(`${digest} ${agentId}`) % 100 < percent;
}

/** A bundle on trial beside the active one, and what was counted of both on the same inputs. */
export class Trial {
  private decisions = 0;
  private errors = 0;
  private denials = 0;
  private activeErrors = 0;
  private activeDenials = 0;
  private readonly changes: Partial<Record<ChangeKind, number>> = {};
  /** Inputs that were not compared, since comparing was behind. */
  skipped = 0;

  constructor(
    readonly role: 'shadow' | 'canary',
    readonly bundle: LoadedBundle,
    readonly percent: number,
    /** When it began: a trial that began anew counts anew. */
    readonly sinceMs: number,
  ) {}

  takes(agentId: string): boolean {
    return canaryTakes(this.bundle.digest, this.percent, agentId);
  }

  /** Counts what both came to on one input. */
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

/** What an evaluation comes to once it was clamped to what was asked. */
export function outcomeOf(evaluation: Evaluation, input: PolicyInput): Outcome {
  const cap = input.resource.max_ttl_seconds;
  const { effect, scopes, ttlSeconds } = clampDecision(
    evaluation,
    input,
    cap === undefined ? [] : [cap],
  );
  return { effect, scopes, ttlSeconds };
}

/** The outcome of one bundle on one input; a fault is an outcome too. Never throws. */
export function tryOutcome(
  bundle: LoadedBundle,
  encoded: EncodedInput,
  input: PolicyInput,
): Outcomes {
  try {
    return outcomeOf(bundle.evaluate(encoded), input);
  } catch {
    return 'error';
  }
}
