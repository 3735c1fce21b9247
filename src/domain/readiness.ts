export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly detail: string;
    readonly ms: number;
  }[];
}

/** A named readiness check; `detail` is for operators. */
export interface ReadinessCheck {
  readonly name: string;
  check(): Promise<{ readonly ok: boolean; readonly detail: string }>;
}

/** Begins the detail of the check `clock` when no shard answered: Redis is to be repaired, not a clock. */
export const CLOCKS_UNREAD = 'the clocks of the store cannot be read';
