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

/** What is usual for an agent; for one that is not known yet, what is usual in its class. */
export interface SignalPrior {
  /** Mean requests in 10 minutes. */
  readonly requests_10m: number;
  /** Variance over mean of those counts; 1 is what independent requests have. */
  readonly dispersion: number;
  /** Denials for each request. */
  readonly denial_share: number;
  /** First-seen scopes, resources and clients for each request. */
  readonly novelty_share: number;
}

/** What is kept of one agent, as it would be used now. Members are wire names. */
export interface SignalProfile {
  /** Of the state's format; 0 when nothing is kept. */
  readonly version: number;
  /** Too few events, or over too short a time: the score stays low. */
  readonly learning: boolean;
  readonly events: number;
  /** Of the first event, in milliseconds since the Unix epoch; absent when there was none. */
  readonly since_ms?: number;
  /** In [0, 1). */
  readonly anomaly: number;
  /** Every term, also those that add nothing, largest first. */
  readonly terms: readonly {
    readonly name: string;
    readonly value: number;
    readonly expected: number;
    readonly score: number;
  }[];
  /** Expected requests in 10 minutes for each hour of the day in UTC, 24 numbers each. */
  readonly profile: { readonly weekday: readonly number[]; readonly weekend: readonly number[] };
  readonly learned: SignalPrior;
  readonly state_bytes: number;
}
