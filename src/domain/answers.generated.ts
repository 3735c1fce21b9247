// Made by scripts/generate-types.mjs from src/http/routes. Do not edit.

export type BundleAnswer = {
  readonly digest: string;
  readonly revision: string;
  readonly sequence: number;
  readonly opa_version: string;
  readonly entrypoints: readonly string[];
  readonly size_bytes: number;
  readonly signed_by?: string;
  readonly pushed_at_ms: number;
  readonly pushed_by: {
    readonly kind: string;
    readonly id: string;
  };
  readonly source: string;
  /** Findings of the admission. */
  readonly report?: {
    readonly digest?: string;
    readonly revision?: string;
    readonly ok: boolean;
    readonly at_ms: number;
    readonly took_ms: number;
    readonly steps: readonly {
      readonly name: string;
      readonly ok: boolean;
      readonly detail: string;
      readonly problems?: readonly string[];
      readonly warnings?: readonly string[];
      readonly took_ms: number;
    }[];
    /** The input that nodes serving the bundle evaluate every few seconds. */
    readonly known_input?: {
      readonly input: Readonly<Record<string, unknown>>;
      readonly effect: string;
    };
  };
  /** Results of recorded decisions replayed through the bundle. */
  readonly replay?: {
    readonly at_ms: number;
    readonly against?: string;
    readonly since_ms: number;
    readonly replayed: number;
    readonly unchanged: number;
    readonly not_replayable: number;
    readonly changes: {
      readonly deny_to_allow?: number;
      readonly allow_to_deny?: number;
      readonly wider?: number;
      readonly narrower?: number;
      readonly longer_ttl?: number;
      readonly shorter_ttl?: number;
      readonly review_changed?: number;
      readonly error?: number;
    };
  };
};

export type DeliveryAnswer = {
  readonly id: string;
  readonly event_id: string;
  readonly endpoint: string;
  readonly state: 'pending' | 'delivered' | 'irrevocable';
  readonly attempts: number;
  readonly last_error?: string;
  readonly updated_at_ms: number;
};

export type PolicyAnswer = {
  readonly revision: string;
  readonly digest: string;
  readonly sequence: number;
  /** Source of the active bundle. */
  readonly source: string;
  readonly activated_at_ms: number;
  readonly activated_by?: {
    readonly kind: string;
    readonly id: string;
  };
  readonly reason?: string;
  readonly entrypoint: string;
  readonly opa_version: string;
  /** Incremented with each change of the deciding bundles. */
  readonly generation: number;
  readonly highest_sequence?: number;
  readonly canary?: {
    readonly digest: string;
    readonly revision: string;
    readonly since_ms: number;
    readonly by: {
      readonly kind: string;
      readonly id: string;
    };
    readonly reason?: string;
    readonly percent: number;
  };
  readonly shadow?: {
    readonly digest: string;
    readonly revision: string;
    readonly since_ms: number;
    readonly by: {
      readonly kind: string;
      readonly id: string;
    };
    readonly reason?: string;
  };
  readonly candidate?: {
    readonly digest: string;
    readonly revision: string;
    readonly since_ms: number;
    readonly by: {
      readonly kind: string;
      readonly id: string;
    };
    readonly reason?: string;
    readonly deadline_ms: number;
  };
  /** Previously active bundles, newest first. */
  readonly history: readonly {
    readonly digest: string;
    readonly revision: string;
    readonly since_ms: number;
    readonly by: {
      readonly kind: string;
      readonly id: string;
    };
    readonly reason?: string;
  }[];
  readonly nodes: readonly {
    readonly node: string;
    readonly seen_ms: number;
    readonly ready: readonly string[];
    readonly refused: Readonly<Record<string, string>>;
    /** 0: this node cannot decide and issues no tokens. */
    readonly generation: number;
    readonly trials: readonly {
      readonly role: 'shadow' | 'canary';
      readonly digest: string;
      readonly since_ms: number;
      readonly decisions: number;
      readonly errors: number;
      readonly denials: number;
      readonly active_errors?: number;
      readonly active_denials?: number;
      readonly skipped?: number;
      readonly changes: {
        readonly deny_to_allow?: number;
        readonly allow_to_deny?: number;
        readonly wider?: number;
        readonly narrower?: number;
        readonly longer_ttl?: number;
        readonly shorter_ttl?: number;
        readonly review_changed?: number;
        readonly error?: number;
      };
    }[];
  }[];
  /** Why the newest bundle of the source was refused; absent when it was accepted. */
  readonly last_refusal?: {
    readonly at_ms: number;
    readonly detail: string;
  };
};
