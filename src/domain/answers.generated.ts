// Made by scripts/generate-types.mjs from src/http/routes. Do not edit.

export type AgentAnswer = {
  readonly spec: {
    readonly id: string;
    readonly description?: string;
    readonly owner?: string;
    /** Class of the agent; the policy may set thresholds by class. */
    readonly class?: string;
    readonly roles?: readonly string[];
    readonly grants?: readonly {
      /** Id of a registered resource, or * for every resource. */
      readonly resource: string | '*';
      readonly scopes: readonly string[];
      readonly max_ttl_seconds?: number;
    }[];
    /** Request budget; an absent member has its default. */
    readonly rate?: {
      readonly per_minute?: number;
      readonly burst?: number;
      readonly resource_per_minute?: number;
      readonly resource_burst?: number;
    };
    /** Public keys for private_key_jwt. */
    readonly jwks?: {
      readonly keys: readonly {
        readonly kty: 'EC' | 'RSA' | 'OKP';
        readonly kid?: string;
        readonly use?: 'sig';
        readonly alg?: 'ES256' | 'ES384' | 'RS256' | 'PS256' | 'EdDSA';
        readonly key_ops?: readonly 'verify'[];
        readonly crv?: string;
        readonly x?: string;
        readonly y?: string;
        readonly n?: string;
        readonly e?: string;
      }[];
    };
    /** Labels for policies and operators; the service does not interpret them. */
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly status: 'active' | 'disabled' | 'quarantined' | 'deleted';
  /** Why the agent is in quarantine; absent otherwise. */
  readonly quarantine?: {
    readonly since_ms: number;
    readonly reason: string;
    readonly by: {
      readonly kind: string;
      readonly id: string;
    };
    /** The decision that caused the quarantine. */
    readonly decision_id?: string;
    readonly anomaly?: number;
    /** Terms of the anomaly score, largest first. */
    readonly signals?: readonly {
      readonly name: string;
      readonly value: number;
      readonly expected: number;
      readonly score: number;
      readonly sentence: string;
    }[];
  };
  readonly version: number;
  readonly source: 'config' | 'api';
  readonly secrets: readonly {
    readonly id: string;
    readonly created_at_ms: number;
  }[];
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
};

export type AuditEventAnswer = {
  readonly event_id: string;
  readonly time_ms: number;
  readonly type:
    | 'access.granted'
    | 'access.denied'
    | 'access.review_required'
    | 'access.rate_limited'
    | 'access.refused'
    | 'token.introspected'
    | 'token.misused'
    | 'token.expired'
    | 'revocation.applied'
    | 'revocation.lifted'
    | 'agent.created'
    | 'agent.updated'
    | 'agent.deleted'
    | 'agent.status_changed'
    | 'agent.secret_created'
    | 'agent.secret_deleted'
    | 'resource.written'
    | 'resource.deleted'
    | 'resource_server.written'
    | 'resource_server.deleted'
    | 'resource_server.secret_created'
    | 'resource_server.secret_deleted'
    | 'key.published'
    | 'key.activated'
    | 'key.retired'
    | 'key.revoked'
    | 'key.rotation_requested'
    | 'policy.pushed'
    | 'policy.admitted'
    | 'policy.refused'
    | 'policy.replayed'
    | 'policy.activated'
    | 'policy.rolled_back'
    | 'policy.candidate_dropped'
    | 'policy.shadow_started'
    | 'policy.shadow_ended'
    | 'policy.canary_started'
    | 'policy.canary_ended'
    | 'policy.evaluated'
    | 'signals.reset'
    | 'limits.changed'
    | 'audit.gap'
    | 'delivery.retry_requested'
    | 'audit.pruned';
  readonly principal: {
    readonly kind: 'agent' | 'resource_server' | 'admin' | 'system';
    readonly id: string;
  };
  readonly request_id?: string;
  readonly agent_id?: string;
  readonly session_id?: string;
  readonly task_id?: string;
  readonly user_id?: string;
  readonly declared_reason?: string;
  readonly resource?: string;
  readonly decision_id?: string;
  readonly effect?: string;
  readonly policy_revision?: string;
  readonly input_digest?: string;
  readonly authentication?: string;
  readonly client?: string;
  readonly grant_id?: string;
  readonly jti?: string;
  readonly kid?: string;
  readonly scopes_requested?: readonly string[];
  readonly scopes_granted?: readonly string[];
  readonly removed?: readonly {
    readonly scope: string;
    readonly rule: string;
    readonly reason: string;
  }[];
  readonly rules?: readonly string[];
  readonly codes?: readonly string[];
  readonly clamped?: boolean;
  readonly alarms?: readonly string[];
  readonly honey_scopes?: number;
  /** Anomaly score of the agent’s behaviour, in [0, 1). */
  readonly anomaly?: number;
  /** Terms of the anomaly score, largest first. */
  readonly signals?: readonly {
    readonly name: string;
    readonly value: number;
    readonly expected: number;
    readonly score: number;
    readonly sentence: string;
  }[];
  readonly input_masked?: readonly string[];
  readonly not_replayable?: string;
  readonly ttl_seconds_requested?: number;
  readonly ttl_seconds_granted?: number;
  readonly expires_at_ms?: number;
  /** Number of refusals that this event counts. */
  readonly count?: number;
  readonly bucket?: 'agent' | 'agent_resource' | 'owner' | 'global' | 'quarantine';
  readonly first_at_ms?: number;
  readonly last_at_ms?: number;
  /** Members truncated to their size limit. */
  readonly cut?: readonly string[];
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Use of the grant, observed by introspection. */
  readonly use?: {
    readonly count: number;
    readonly last_at_ms: number;
  };
};

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

export type KeyAnswer = {
  readonly kid: string;
  readonly alg: 'ES256' | 'RS256';
  readonly state: 'next' | 'active' | 'previous' | 'revoked' | 'retired';
  readonly public_jwk: Readonly<Record<string, unknown>>;
  readonly published_at_ms: number;
  readonly activated_at_ms?: number;
  readonly retires_at_ms?: number;
  readonly revoked_at_ms?: number;
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

export type ResourceAnswer = {
  readonly spec: {
    readonly id: string;
    readonly description?: string;
    /** Absolute URIs without fragment; the first is the aud of tokens. */
    readonly audiences: readonly string[];
    readonly scopes: readonly {
      readonly name: string;
      readonly risk: 'low' | 'medium' | 'high' | 'critical';
      readonly description: string;
      /** Honey scope: no agent needs it, and a request for it raises an alarm. */
      readonly honey?: boolean;
      /** A person must approve a request for it. */
      readonly review?: boolean;
      readonly max_ttl_seconds?: number;
    }[];
    readonly max_ttl_seconds?: number;
    /** Members that an agent must declare. */
    readonly requires?: readonly ('session' | 'task' | 'user' | 'reason')[];
    /** Days and local hours in which requests are granted, in a named time zone. */
    readonly working_hours?: {
      /** A name of the IANA time zone database. */
      readonly timezone: string;
      readonly days: readonly (
        | 'monday'
        | 'mon'
        | 'tuesday'
        | 'tue'
        | 'wednesday'
        | 'wed'
        | 'thursday'
        | 'thu'
        | 'friday'
        | 'fri'
        | 'saturday'
        | 'sat'
        | 'sunday'
        | 'sun'
      )[];
      readonly start: string;
      readonly end: string;
    };
    /** Labels for policies and operators; the service does not interpret them. */
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly version: number;
  readonly source: 'config' | 'api';
  readonly updated_at_ms: number;
};

export type ResourceServerAnswer = {
  readonly spec: {
    readonly id: string;
    readonly description?: string;
    readonly resources: readonly string[];
  };
  readonly version: number;
  readonly source: 'config' | 'api';
  readonly disabled: boolean;
  readonly secrets: readonly {
    readonly id: string;
    readonly created_at_ms: number;
  }[];
  readonly updated_at_ms: number;
};
