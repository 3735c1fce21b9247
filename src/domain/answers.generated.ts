// Made by scripts/generate-types.mjs from src/http. Do not edit.

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
    /** End of the secret in milliseconds since the Unix epoch; absent: it does not expire. */
    readonly expires_at_ms?: number;
  }[];
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
};

export type AgentSignalsAnswer = {
  readonly agent_id: string;
  readonly class: string;
  readonly status: 'active' | 'disabled' | 'quarantined';
  readonly now_ms: number;
  readonly profile: {
    /** 0: no state is stored for this agent. */
    readonly version: number;
    /** Why the state is unreadable: the next request resets it. */
    readonly fault?: string;
    readonly learning: boolean;
    readonly events: number;
    /** Time of the first event; absent without events. */
    readonly since_ms?: number;
    readonly anomaly: number;
    /** All terms, largest score first. */
    readonly terms: readonly {
      readonly name: string;
      readonly value: number;
      readonly expected: number;
      readonly score: number;
      /** The term as a human-readable sentence. */
      readonly sentence: string;
    }[];
    /** Expected requests in 10 minutes, by hour of the day in UTC. */
    readonly profile: {
      readonly weekday: readonly number[];
      readonly weekend: readonly number[];
    };
    /** The learned profile of this agent; new agents of a class start from the medians of the class. */
    readonly learned: {
      readonly requests_10m: number;
      readonly dispersion: number;
      readonly denial_share: number;
      readonly novelty_share: number;
    };
    readonly state_bytes: number;
  };
  /** Recorded decisions of at most 14 days; the last seconds may be missing. */
  readonly series?: {
    /** Start of cell 0. */
    readonly from_ms: number;
    readonly step_seconds: 600;
    /** Columns of equal length. Cell i starts at from_ms + index[i] × step; cells without requests are omitted. */
    readonly cells: {
      readonly index: readonly number[];
      readonly requests: readonly number[];
      readonly granted: readonly number[];
      readonly denials: readonly number[];
      readonly rate_limited: readonly number[];
      readonly anomaly: readonly (number | null)[];
    };
  };
  /** Why the series is missing. */
  readonly series_missing?: string;
};

export type AuditPageAnswer = {
  readonly items: readonly {
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
      | 'agent.restored'
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
      | 'policy.exhausted'
      | 'policy.candidate_dropped'
      | 'policy.shadow_started'
      | 'policy.shadow_ended'
      | 'policy.canary_started'
      | 'policy.canary_ended'
      | 'policy.evaluated'
      | 'signals.reset'
      | 'limits.changed'
      | 'admin.refused'
      | 'store.clock_reset'
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
    readonly bucket?:
      | 'agent'
      | 'agent_resource'
      | 'owner'
      | 'global'
      | 'quarantine'
      | 'policy_budget';
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
  }[];
  /** Absent on the last page. */
  readonly next_cursor?: string;
  /** False while recorded events are not in the store yet: retry. */
  readonly complete: boolean;
  /** The fault of the audit store or of a sink, and its remedy; absent without a fault. */
  readonly problem?: string;
  /** The decision has no separate event: it is one of the refusals that the items count. */
  readonly found_by?: 'shard_and_minute';
  /** Refusals of the current minute; their event follows. Only with an agent or a decision. */
  readonly counting?: readonly {
    readonly agent_id: string;
    readonly bucket:
      | 'agent'
      | 'agent_resource'
      | 'owner'
      | 'global'
      | 'quarantine'
      | 'policy_budget';
    readonly count: number;
    readonly first_at_ms: number;
    readonly last_at_ms: number;
  }[];
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
    /** Fuel: version of the meter, units of one evaluation, highest use of an ordinary or recorded input. */
    readonly fuel?: {
      readonly meter: number;
      readonly budget: number;
      readonly highest: number;
    };
    /** An input was granted, and every property that refuses was exercised. False with `ok`: accepted untested. */
    readonly tested?: boolean;
    /** Inputs of the test by origin, those with a grant, and properties not exercised. */
    readonly inputs?: {
      readonly cases: number;
      readonly recorded: number;
      readonly registry: number;
      readonly constants: number;
      readonly generated: number;
      readonly granted: number;
      readonly untested: readonly string[];
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
    /** Coverage of the period: a stratum has one agent, resource, scope set, outcome and set of rules. */
    readonly sample?: {
      /** nothing_to_replay: too few replayable decisions for a coverage. */
      readonly verdict: 'replayed' | 'low_coverage' | 'nothing_to_replay';
      /** Decisions of the period that a policy made. */
      readonly decisions: number;
      /** Those of them with a stored input. */
      readonly replayable: number;
      readonly strata: number;
      readonly strata_replayed: number;
      /** Strata from a time without stored inputs; not part of `strata`. */
      readonly strata_without_inputs: number;
      /** The whole period was read. */
      readonly complete: boolean;
      /** Share of strata that were replayed. */
      readonly coverage: number;
      readonly min_coverage: number;
      /** Decisions of the period that would get new grants, extrapolated. */
      readonly new_grants: number;
      /** Agents with the most strata that were not replayed. */
      readonly least_covered: readonly {
        readonly agent: string;
        readonly strata: number;
        readonly not_replayed: number;
      }[];
    };
    /** Fuel: version of the meter, units of one evaluation, highest use of an ordinary or recorded input. */
    readonly fuel?: {
      readonly meter: number;
      readonly budget: number;
      readonly highest: number;
    };
  };
};

export type ChangedAgentAnswer = {
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
    /** End of the secret in milliseconds since the Unix epoch; absent: it does not expire. */
    readonly expires_at_ms?: number;
  }[];
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
  /** What happened to the live tokens; absent when the change does not concern them. */
  readonly live_tokens?: 'cut' | 'kept';
};

export type ClockResetAnswer = {
  readonly reset: number;
  readonly kept: number;
  readonly ahead_ms: number;
};

export type CreatedSecretAnswer = {
  readonly id: string;
  /** Shown once; only its SHA-256 is stored. */
  readonly secret: string;
  /** End of the secret in milliseconds since the Unix epoch; absent: it does not expire. */
  readonly expires_at_ms?: number;
};

export type SecretListAnswer = {
  readonly items: readonly {
    readonly id: string;
    readonly created_at_ms: number;
    /** End of the secret in milliseconds since the Unix epoch; absent: it does not expire. */
    readonly expires_at_ms?: number;
    /** Last use, exact to a minute; absent without one in 400 days. */
    readonly last_used_at_ms?: number;
  }[];
};

export type DeletedSecretAnswer = {
  /** What happened to the live tokens; absent when the change does not concern them. */
  readonly live_tokens: 'cut' | 'kept';
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

export type DifferenceAnswer = {
  readonly from: {
    readonly digest: string;
    readonly revision: string;
  };
  readonly to: {
    readonly digest: string;
    readonly revision: string;
  };
  readonly rego: {
    readonly text: string;
    readonly truncated: boolean;
    readonly why_not?: string;
  };
  readonly data: {
    readonly changes: readonly {
      readonly pointer: string;
      readonly from?: unknown;
      readonly to?: unknown;
    }[];
    readonly truncated: boolean;
  };
  readonly modules_differ: boolean;
  readonly permissions: {
    readonly inputs: {
      readonly recorded: number;
      readonly cases: number;
      readonly generated: number;
    };
    readonly unchanged: number;
    readonly changes: readonly {
      readonly kind:
        | 'deny_to_allow'
        | 'allow_to_deny'
        | 'wider'
        | 'narrower'
        | 'longer_ttl'
        | 'shorter_ttl'
        | 'review_changed'
        | 'error';
      readonly count: number;
      readonly example: {
        readonly source: string;
        readonly name: string;
        readonly input: Readonly<Record<string, unknown>>;
        readonly before:
          | 'error'
          | {
              readonly effect: 'allow' | 'narrow' | 'review' | 'deny';
              readonly scopes: readonly string[];
              readonly ttl_seconds: number;
            };
        readonly after:
          | 'error'
          | {
              readonly effect: 'allow' | 'narrow' | 'review' | 'deny';
              readonly scopes: readonly string[];
              readonly ttl_seconds: number;
            };
      };
    }[];
  };
};

export type EvaluationAnswer = {
  readonly bundle: {
    readonly digest: string;
    readonly revision: string;
  };
  readonly input_digest?: string;
  readonly outcome:
    | 'error'
    | {
        readonly effect: 'allow' | 'narrow' | 'review' | 'deny';
        readonly scopes: readonly string[];
        readonly ttl_seconds: number;
      };
  readonly reasons: readonly {
    readonly rule: string;
    readonly code: string;
    readonly message: string;
  }[];
  readonly removed: readonly {
    readonly scope: string;
    readonly rule: string;
    readonly reason: string;
  }[];
  readonly obligations: readonly string[];
  readonly fault?: string;
  readonly clamped?: {
    readonly scopes: readonly string[];
    readonly ttl_seconds?: {
      readonly from: number;
      readonly to: number;
    };
  };
  readonly evaluation_micros: number;
};

export type ExplanationAnswer = {
  readonly decision_id: string;
  readonly time_ms: number;
  readonly agent_id: string;
  readonly resource: string;
  readonly revision: string;
  readonly recorded: {
    readonly outcome:
      | 'error'
      | {
          readonly effect: 'allow' | 'narrow' | 'review' | 'deny';
          readonly scopes: readonly string[];
          readonly ttl_seconds: number;
        };
    readonly rules: readonly string[];
    readonly removed: readonly {
      readonly scope: string;
      readonly rule: string;
      readonly reason: string;
    }[];
  };
  readonly rules: readonly {
    readonly rule: string;
    readonly title?: string;
    readonly description?: string;
    readonly location?: string;
  }[];
  readonly scopes: readonly {
    readonly scope: string;
    readonly verdict: 'granted' | 'cut' | 'waits' | 'denied';
    readonly rule?: string;
    readonly reason?: string;
  }[];
  readonly evaluation?: {
    readonly bundle: {
      readonly digest: string;
      readonly revision: string;
    };
    readonly input_digest?: string;
    readonly outcome:
      | 'error'
      | {
          readonly effect: 'allow' | 'narrow' | 'review' | 'deny';
          readonly scopes: readonly string[];
          readonly ttl_seconds: number;
        };
    readonly reasons: readonly {
      readonly rule: string;
      readonly code: string;
      readonly message: string;
    }[];
    readonly removed: readonly {
      readonly scope: string;
      readonly rule: string;
      readonly reason: string;
    }[];
    readonly obligations: readonly string[];
    readonly fault?: string;
    readonly clamped?: {
      readonly scopes: readonly string[];
      readonly ttl_seconds?: {
        readonly from: number;
        readonly to: number;
      };
    };
    readonly evaluation_micros: number;
  };
  readonly why_not_evaluated?: string;
  readonly reproduced?: boolean;
  readonly differences?: readonly string[];
  readonly trace?: {
    readonly text: string;
    readonly truncated: boolean;
  };
  readonly why_no_trace?: string;
};

export type IntrospectionAnswer = {
  readonly active: true;
  readonly scope: string;
  readonly client_id: string;
  readonly token_type: 'Bearer';
  /** Seconds since the Unix epoch. */
  readonly exp: number;
  /** Seconds since the Unix epoch. */
  readonly iat: number;
  readonly sub: string;
  readonly aud: string;
  readonly iss: string;
  readonly jti: string;
  readonly grant_id: string;
  readonly decision_id: string;
  readonly session_id?: string;
  readonly task_id?: string;
  readonly user_id?: string;
  readonly policy_revision: string;
  readonly input_digest: string;
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

export type LimitsAnswer = {
  /** 0 before the first change by the API. */
  readonly version: number;
  /** Source of the limits in force; `unreadable` when the stored limits cannot be read. */
  readonly source: 'api' | 'config' | 'unreadable';
  /** Why the stored limits cannot be read. To repair: PUT with `version`, or DELETE. */
  readonly fault?: 'other_type' | 'not_json' | 'malformed';
  /** The budgets in force and the stored costs. With `fault`: the last limits known to this instance; absent when it knows none and therefore grants nothing. */
  readonly limits?: {
    /** Budget shared by the agents of one owner; absent: no such budget. */
    readonly owner?: {
      readonly per_minute: number;
      readonly burst: number;
    };
    /** Budgets of named owners, instead of `owner`. */
    readonly owners: Readonly<
      Record<
        string,
        {
          readonly per_minute: number;
          readonly burst: number;
        }
      >
    >;
    /** Budget shared by all agents; absent: no such budget. */
    readonly global?: {
      readonly per_minute: number;
      readonly burst: number;
    };
    /** Cost of a request by the risk of its scope; a risk left out has the cost of the configuration. */
    readonly cost?: {
      readonly low?: number;
      readonly medium?: number;
      readonly high?: number;
      readonly critical?: number;
    };
  };
  /** Costs of requests; absent when `limits` is absent. */
  readonly cost?: {
    readonly low: number;
    readonly medium: number;
    readonly high: number;
    readonly critical: number;
  };
  /** Limits in the configuration of this instance. */
  readonly configured: {
    /** Budget shared by the agents of one owner; absent: no such budget. */
    readonly owner?: {
      readonly per_minute: number;
      readonly burst: number;
    };
    /** Budgets of named owners, instead of `owner`. */
    readonly owners: Readonly<
      Record<
        string,
        {
          readonly per_minute: number;
          readonly burst: number;
        }
      >
    >;
    /** Budget shared by all agents; absent: no such budget. */
    readonly global?: {
      readonly per_minute: number;
      readonly burst: number;
    };
    /** Costs of requests. */
    readonly cost: {
      readonly low: number;
      readonly medium: number;
      readonly high: number;
      readonly critical: number;
    };
  };
};

/** RFC 6749 section 5.2. */
export type OAuthErrorAnswer = {
  readonly error: string;
  readonly error_description: string;
  /** URL of the page about this error. */
  readonly error_uri: string;
};

export type PendingRevocationAnswer = {
  readonly state: 'pending';
  readonly rev_id: string;
  readonly missing_shards: readonly number[];
  /** No stored bundle has the revoked policy revision: check it. Absent otherwise. */
  readonly matched?: 'none';
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
    /** Set in the history when a rollback ended this assignment. */
    readonly left_by_rollback?: true;
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
    /** Set in the history when a rollback ended this assignment. */
    readonly left_by_rollback?: true;
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
    /** Set in the history when a rollback ended this assignment. */
    readonly left_by_rollback?: true;
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
    /** Set in the history when a rollback ended this assignment. */
    readonly left_by_rollback?: true;
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
    /** Evaluations of the active bundle on this node in the last minute; absent when none used up its fuel. */
    readonly exhaustion?: {
      readonly digest: string;
      readonly evaluations: number;
      readonly ran_out: number;
      /** Agents with such an evaluation. */
      readonly agents: readonly string[];
    };
    /** Answers by bundle and role since the start of the node. */
    readonly decided?: readonly {
      readonly digest: string;
      readonly role: 'active' | 'canary';
      readonly decisions: number;
      /** Evaluations without an answer. */
      readonly errors: number;
    }[];
  }[];
  /** False: the active bundle was accepted untested. */
  readonly tested?: boolean;
  /** Coverage of the last sampled replay through the active bundle. */
  readonly replay?: {
    /** nothing_to_replay: too few replayable decisions for a coverage. */
    readonly verdict: 'replayed' | 'low_coverage' | 'nothing_to_replay';
    /** Decisions of the period that a policy made. */
    readonly decisions: number;
    /** Those of them with a stored input. */
    readonly replayable: number;
    readonly strata: number;
    readonly strata_replayed: number;
    /** Strata from a time without stored inputs; not part of `strata`. */
    readonly strata_without_inputs: number;
    /** The whole period was read. */
    readonly complete: boolean;
    /** Share of strata that were replayed. */
    readonly coverage: number;
    readonly min_coverage: number;
    /** Decisions of the period that would get new grants, extrapolated. */
    readonly new_grants: number;
    /** Agents with the most strata that were not replayed. */
    readonly least_covered: readonly {
      readonly agent: string;
      readonly strata: number;
      readonly not_replayed: number;
    }[];
  };
  /** Why the newest bundle of the source was refused; absent when it was accepted. */
  readonly last_refusal?: {
    readonly at_ms: number;
    readonly detail: string;
  };
};

/** RFC 9457. */
export type ProblemAnswer = {
  /** URL of the page about this error. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly error:
    | 'invalid_request'
    | 'invalid_client'
    | 'invalid_scope'
    | 'invalid_target'
    | 'unsupported_grant_type'
    | 'access_denied'
    | 'agent_quarantined'
    | 'review_required'
    | 'slow_down'
    | 'temporarily_unavailable'
    | 'policy_budget_exceeded'
    | 'clock_not_trusted'
    | 'unsupported_media_type'
    | 'payload_too_large'
    | 'not_found'
    | 'method_not_allowed'
    | 'unauthorized'
    | 'forbidden'
    | 'host_not_allowed'
    | 'bundle_refused'
    | 'conflict';
  /** Next step for the caller. */
  readonly hint: string;
  readonly request_id: string;
  readonly decision_id?: string;
  readonly reasons?: readonly {
    readonly rule: string;
    readonly code: string;
    readonly message: string;
  }[];
  readonly removed?: readonly {
    readonly scope: string;
    readonly rule: string;
    readonly reason: string;
  }[];
  readonly problems?: readonly {
    readonly pointer: string;
    readonly message: string;
  }[];
};

export type ReadyAnswer = {
  readonly status: 'ready';
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly detail: string;
    readonly ms: number;
  }[];
};

export type ReplayAnswer = {
  readonly candidate: {
    readonly digest: string;
    readonly revision: string;
  };
  readonly at_ms: number;
  readonly since_ms: number;
  readonly until_ms: number;
  readonly decisions: number;
  readonly replayed: number;
  readonly unchanged: number;
  readonly masked: number;
  readonly changes: Readonly<Record<string, number>>;
  readonly new_grants: number;
  readonly groups: readonly {
    readonly kind:
      | 'deny_to_allow'
      | 'allow_to_deny'
      | 'wider'
      | 'narrower'
      | 'longer_ttl'
      | 'shorter_ttl'
      | 'review_changed'
      | 'error';
    readonly agent: string;
    readonly rules: readonly string[];
    readonly count: number;
    readonly example: {
      readonly decision_id: string;
      readonly revision: string;
      readonly before:
        | 'error'
        | {
            readonly effect: 'allow' | 'narrow' | 'review' | 'deny';
            readonly scopes: readonly string[];
            readonly ttl_seconds: number;
          };
      readonly after:
        | 'error'
        | {
            readonly effect: 'allow' | 'narrow' | 'review' | 'deny';
            readonly scopes: readonly string[];
            readonly ttl_seconds: number;
          };
      readonly input: Readonly<Record<string, unknown>>;
      readonly minimised: boolean;
      readonly why_not_minimised?: string;
    };
  }[];
  readonly groups_omitted: number;
  readonly not_replayable: readonly {
    readonly reason: string;
    readonly count: number;
    readonly example: string;
  }[];
  /** Coverage of the period: a stratum has one agent, resource, scope set, outcome and set of rules. */
  readonly sample?: {
    /** nothing_to_replay: too few replayable decisions for a coverage. */
    readonly verdict: 'replayed' | 'low_coverage' | 'nothing_to_replay';
    /** Decisions of the period that a policy made. */
    readonly decisions: number;
    /** Those of them with a stored input. */
    readonly replayable: number;
    readonly strata: number;
    readonly strata_replayed: number;
    /** Strata from a time without stored inputs; not part of `strata`. */
    readonly strata_without_inputs: number;
    /** The whole period was read. */
    readonly complete: boolean;
    /** Share of strata that were replayed. */
    readonly coverage: number;
    readonly min_coverage: number;
    /** Decisions of the period that would get new grants, extrapolated. */
    readonly new_grants: number;
    /** Agents with the most strata that were not replayed. */
    readonly least_covered: readonly {
      readonly agent: string;
      readonly strata: number;
      readonly not_replayed: number;
    }[];
  };
  /** Fuel: version of the meter, units of one evaluation, highest use of an ordinary or recorded input. */
  readonly fuel?: {
    readonly meter: number;
    readonly budget: number;
    readonly highest: number;
  };
  readonly stopped?: 'limit' | 'deadline';
  readonly oldest_ms?: number;
  readonly took_ms: number;
  readonly decisions_per_second: number;
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
    /** End of the secret in milliseconds since the Unix epoch; absent: it does not expire. */
    readonly expires_at_ms?: number;
  }[];
  readonly updated_at_ms: number;
};

export type SimulationAnswer = {
  readonly since_ms: number;
  readonly until_ms: number;
  readonly warm_up_ms: number;
  readonly step_up: number;
  readonly quarantine: number;
  readonly agents: number;
  readonly events: number;
  readonly stopped: number;
  readonly stepped_up: number;
  /** In order of time; the first thousand. */
  readonly stops: readonly {
    readonly agent: string;
    readonly at_ms: number;
    readonly decision_id: string;
    readonly anomaly: number;
    /** Terms of the anomaly score, largest first. */
    readonly signals: readonly {
      readonly name: string;
      readonly value: number;
      readonly expected: number;
      readonly score: number;
      readonly sentence: string;
    }[];
    readonly later_requests: number;
    readonly denied_grants: number;
    readonly tokens_cut: number;
  }[];
  /** In order of time; the first thousand. */
  readonly step_ups: readonly {
    readonly agent: string;
    readonly at_ms: number;
    readonly decision_id: string;
    readonly anomaly: number;
    /** Terms of the anomaly score, largest first. */
    readonly signals: readonly {
      readonly name: string;
      readonly value: number;
      readonly expected: number;
      readonly score: number;
      readonly sentence: string;
    }[];
    readonly requests: number;
    readonly grants: number;
  }[];
  readonly events_per_second: number;
  /** The time limit was reached; the remaining agents were not simulated. */
  readonly ended?: 'deadline';
};

export type TightenedAnswer = {
  readonly since_ms: number;
  readonly until_ms: number;
  readonly tokens: number;
  readonly uses: readonly {
    readonly agent: string;
    readonly resource: string;
    readonly scope: string;
    readonly granted: number;
    readonly used: number;
    readonly last_used_ms?: number;
  }[];
  readonly proposals: readonly {
    readonly of: 'agent' | 'role';
    readonly id: string;
    readonly before: readonly {
      readonly resource: string;
      readonly scopes: readonly string[];
      readonly max_ttl_seconds?: number;
    }[];
    readonly after: readonly {
      readonly resource: string;
      readonly scopes: readonly string[];
      readonly max_ttl_seconds?: number;
    }[];
  }[];
  readonly data_patch: readonly {
    readonly op: 'replace';
    readonly path: string;
    readonly value: unknown;
  }[];
  readonly cases: Readonly<Record<string, unknown>>;
  readonly check?: {
    readonly requests: number;
    readonly still_granted: number;
    readonly narrowed: number;
  };
  readonly notes: readonly string[];
};

export type TokenAnswer = {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Seconds. */
  readonly expires_in: number;
  /** Granted scopes, separated by spaces. */
  readonly scope: string;
  readonly grant_id: string;
  readonly decision_id: string;
  /** Scopes removed from the request, each with its rule; present when narrowed. */
  readonly removed?: readonly {
    readonly scope: string;
    readonly rule: string;
    readonly reason: string;
  }[];
  /** JSON codec: alias of access_token. */
  readonly token?: string;
  /** JSON codec: alias of expires_in. */
  readonly ttl?: number;
};
