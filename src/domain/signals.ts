/**
 * What the agent has been doing, as counted in its shard. Counts are over sliding windows kept in six
 * steps, so a window covers between 5/6 and 6/6 of its name. Every number was counted; none is estimated.
 */
export interface Signals {
  readonly requests_10m: number;
  readonly requests_2h: number;
  readonly denials_60m: number;
  /** Scopes of this agent seen in the last hour that were not seen in the one to two weeks before. */
  readonly first_seen_scopes_60m: number;
  readonly first_seen_resources_60m: number;
  /** True when this very request names a scope or a resource not seen in the last one to two weeks. */
  readonly first_seen_now: boolean;
  /** In [0, 1). Absent until a model computes it. */
  readonly anomaly?: number;
}

/** A request budget's state after this request, for `Retry-After` and the RateLimit headers. */
export interface RateState {
  readonly limited: boolean;
  /** Which budget was empty. */
  readonly bucket: 'agent' | 'agent_resource' | undefined;
  readonly limit: number;
  readonly remaining: number;
  readonly retryAfterMs: number;
  readonly resetMs: number;
}
