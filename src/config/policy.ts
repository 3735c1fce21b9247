import { join, resolve } from 'node:path';

/** When evaluation takes too long too often, requests are refused for a while and nothing is evaluated. */
export interface BreakerConfig {
  /** One evaluation above this is slow. */
  readonly maxMs: number;
  /** Slow evaluations in a row that open the breaker. */
  readonly tripAfter: number;
  readonly coolDownMs: number;
}

export interface PolicyConfig {
  /** A bundle folder or tar.gz; absolute. */
  readonly path: string;
  readonly entrypoint: string;
  /** Load again when the files change. */
  readonly watch: boolean;
  readonly signatures: 'off' | 'required';
  readonly breaker: BreakerConfig;
  /** How long every live node may take to make a bundle ready. */
  readonly readyTimeoutMs: number;
  readonly canary: CanaryConfig;
}

/** How far a canary may be from the active bundle on the same inputs before it is taken back. */
export interface CanaryConfig {
  /** Nothing is concluded from fewer decisions. */
  readonly minDecisions: number;
  /** Shares of decisions, 0 to 1. */
  readonly errorShare: number;
  readonly denialShare: number;
}

/** `policy` as the file has it, with the schema's defaults. */
export interface RawPolicy {
  readonly path?: string;
  readonly entrypoint: string;
  readonly watch: boolean;
  readonly signatures: 'off' | 'required';
  readonly breaker: {
    readonly max_ms: number;
    readonly trip_after: number;
    readonly cool_down_ms: number;
  };
  readonly ready_timeout_ms: number;
  readonly canary: {
    readonly min_decisions: number;
    readonly error_percent: number;
    readonly denial_percent: number;
  };
}

/** The policy's settings with paths resolved against `cwd`. */
export function policyOf(policy: RawPolicy, cwd: string, packageRoot: string): PolicyConfig {
  const packaged = join(packageRoot, 'bundles', 'countersign');
  return {
    path: policy.path === undefined ? packaged : resolve(cwd, policy.path),
    entrypoint: policy.entrypoint,
    watch: policy.watch,
    signatures: policy.signatures,
    breaker: {
      maxMs: policy.breaker.max_ms,
      tripAfter: policy.breaker.trip_after,
      coolDownMs: policy.breaker.cool_down_ms,
    },
    readyTimeoutMs: policy.ready_timeout_ms,
    canary: {
      minDecisions: policy.canary.min_decisions,
      errorShare: policy.canary.error_percent / 100,
      denialShare: policy.canary.denial_percent / 100,
    },
  };
}
