// Made by scripts/generate-types.mjs from src/config/schema.ts. Do not edit.

/** countersign.yaml */
export type RawConfig = {
  /** `production` refuses to start on unsafe settings. */
  readonly profile: 'local' | 'production';
  /** `iss` of tokens. Default: URL of the public listener, seen from this machine. */
  readonly issuer?: string;
  /** Listeners of the service. */
  readonly listeners: {
    /** Trusted proxies: addresses and CIDR blocks. Absent: no proxy is trusted. */
    readonly trusted_proxies?: readonly string[];
    /** The header in which trusted proxies name the client; no other is read. */
    readonly forwarded_header: 'x-forwarded-for' | 'forwarded';
    /** Listener for agents and resource servers. */
    readonly public: {
      /** Address to bind. Default: 127.0.0.1 in local, 0.0.0.0 in production. */
      readonly host?: string;
      /** TCP port; 0 lets the system choose. */
      readonly port: number;
      /** `required`: every connection begins with a PROXY header (v1 or v2) from a trusted proxy. */
      readonly proxy_protocol: 'off' | 'required';
    };
    /** Listener for operators: admin API, metrics, health. */
    readonly admin: {
      /** Address to bind. */
      readonly host: string;
      /** TCP port; 0 lets the system choose. */
      readonly port: number;
      /** `required`: every connection begins with a PROXY header (v1 or v2) from a trusted proxy. */
      readonly proxy_protocol: 'off' | 'required';
      /** Accepted hosts in addition to loopback: name or name:port. */
      readonly allowed_hosts?: readonly string[];
    };
    /** Listener for one agent without a credential: loopback or unix socket only. */
    readonly sidecar: {
      /** Default: true in local, false in production. */
      readonly enabled?: boolean;
      /** A loopback address. */
      readonly host: string;
      /** TCP port; 0 lets the system choose. */
      readonly port: number;
      /** A unix socket; replaces host and port. */
      readonly socket?: string;
      /** The agent that every caller of the listener acts as. Default with the demo: demo-agent. */
      readonly agent_id?: string;
      /** Accepted hosts in addition to loopback: name or name:port. */
      readonly allowed_hosts?: readonly string[];
    };
    /** Listener for probes and scrapers: health, readiness and metrics, under any Host. */
    readonly probes: {
      /** Serve /healthz, /readyz and /metrics here. */
      readonly enabled: boolean;
      /** Address to bind. Default: 127.0.0.1 in local, 0.0.0.0 in production. */
      readonly host?: string;
      /** TCP port; 0 lets the system choose. */
      readonly port: number;
    };
  };
  /** The store. */
  readonly redis: {
    /** Single, Sentinel or Cluster. Unset: `countersign start` runs a private Redis. */
    readonly url?: string;
    /** Redis user, unless the URL has one. */
    readonly username?: string;
    /** File with the Redis password, in place of COUNTERSIGN_REDIS_PASSWORD. */
    readonly password_file?: string;
    /** Login of the Sentinels. */
    readonly sentinel: {
      /** User of the Sentinels. */
      readonly username?: string;
      /** File with the Sentinel password, in place of COUNTERSIGN_REDIS_SENTINEL_PASSWORD. */
      readonly password_file?: string;
    };
    /** TLS to every Redis and Sentinel; certificates are always verified. */
    readonly tls: {
      /** PEM of the authorities to trust in place of the built-in ones. */
      readonly ca_file?: string;
      /** PEM of a client certificate. */
      readonly cert_file?: string;
      /** PEM of its private key. */
      readonly key_file?: string;
      /** Server name to request (SNI) and verify, in place of the connected address. */
      readonly server_name?: string;
    };
    /** First part of every key. */
    readonly prefix: string;
    /** Number of shards, fixed at the first start. A service with another number refuses to start. */
    readonly shards: number;
    /** Deadline of one Redis command. */
    readonly command_timeout_ms: number;
    /** Difference between the clocks of Redis and of this machine above which nothing is granted; at least twice `redis.command_timeout_ms` is used. */
    readonly max_clock_skew_ms: number;
    /** Used memory at which issuing stops. */
    readonly high_water_bytes?: number;
  };
  /** Folder for files of this machine. */
  readonly data_dir: string;
  /** Access tokens. */
  readonly tokens: {
    /** Lifetime when the request has none. */
    readonly default_ttl_seconds: number;
    /** Longest lifetime of a token. It may change from one start to the next, in one process after another. */
    readonly max_ttl_seconds: number;
    /** Time that a token record is kept after expiry. */
    readonly skew_seconds: number;
    /** Algorithm of new signing keys. */
    readonly signing_alg: 'ES256' | 'RS256';
  };
  /** Signing keys. */
  readonly keys: {
    /** Age at which a key is replaced. */
    readonly rotate_every_seconds: number;
    /** `max-age` of the JWKS, and the time that a key is published before it signs. */
    readonly jwks_cache_seconds: number;
    /** File with the 32-byte key that seals private keys. */
    readonly key_encryption_key_file?: string;
    /** File with the previous key, while it is being replaced. */
    readonly previous_key_encryption_key_file?: string;
  };
  /** The compiled policy. */
  readonly policy: {
    /** Bundle folder or tar.gz. Default: the packaged bundle. */
    readonly path?: string;
    /** An OPA bundle server, in place of `path`. */
    readonly server: {
      /** URL of a bundle on an OPA bundle server, in place of `policy.path`. */
      readonly url?: string;
      /** Environment variable with the bearer token. */
      readonly bearer_token_env?: string;
      /** File with the bearer token, read again for each request. */
      readonly bearer_token_file?: string;
      /** Headers sent with each request. */
      readonly headers?: readonly {
        /** Name of the header. */
        readonly name: string;
        /** Environment variable with the value of the header. */
        readonly env: string;
      }[];
      /** Longest time without a byte from the server. */
      readonly timeout_seconds: number;
      /** Pauses between requests to the server. */
      readonly polling: {
        /** Shortest pause between two requests. */
        readonly min_delay_seconds: number;
        /** Longest pause, also after errors. */
        readonly max_delay_seconds: number;
        /** Longest time that the server may hold a request. Absent: no long polling. */
        readonly long_polling_timeout_seconds?: number;
      };
    };
    /** Rule that decides. */
    readonly entrypoint: string;
    /** Reload when the bundle changes. */
    readonly watch: boolean;
    /** `required` refuses every unsigned bundle. */
    readonly signatures: 'off' | 'required';
    /** Keys that verify the signature of a bundle. */
    readonly verification: {
      /** Accepted keys. */
      readonly keys?: readonly {
        /** Name: the `kid` of a signature. */
        readonly id: string;
        /** The only algorithm that the key verifies with. */
        readonly alg:
          | 'ES256'
          | 'ES384'
          | 'ES512'
          | 'RS256'
          | 'RS384'
          | 'RS512'
          | 'PS256'
          | 'PS384'
          | 'PS512'
          | 'HS256'
          | 'HS384'
          | 'HS512';
        /** File with the public key or certificate (PEM); for HS* with the secret. */
        readonly key_file?: string;
        /** Environment variable with the key, in place of `key_file`. */
        readonly key_env?: string;
        /** Required `scope` of the signature. Absent: it must have none. */
        readonly scope?: string;
      }[];
      /** Id of the key to use, in place of the `kid` of the signature. */
      readonly key_id?: string;
    };
    /** Circuit breaker: refuses evaluations for a time after slow ones. */
    readonly breaker: {
      /** Time above which an evaluation is slow. One that makes the instance recreate its memory is slow, too. */
      readonly max_ms: number;
      /** Slow evaluations in a row that open the breaker. */
      readonly trip_after: number;
      /** Time that the breaker stays open. */
      readonly cool_down_ms: number;
    };
    /** Checks of a bundle before it serves. */
    readonly admission: {
      /** Action on an input that shows an escalation. */
      readonly violations: 'refuse' | 'warn';
      /** Action on a bundle of `path` or `server` of which no input is granted, or a property is not exercised. */
      readonly require_grants: 'refuse' | 'warn';
      /** Number of generated inputs per property. */
      readonly inputs: number;
      /** Longest admission. A bundle that takes longer is refused. The first bundle of a store has at least 60 s. */
      readonly deadline_ms: number;
    };
    /** Time that each live node has to make a bundle ready. */
    readonly ready_timeout_ms: number;
    /** Conditions for the withdrawal of a canary. */
    readonly canary: {
      /** Number of decisions before a canary is judged. */
      readonly min_decisions: number;
      /** Tolerated errors above those of the active bundle, in percent of decisions. */
      readonly error_percent: number;
      /** Tolerated difference in denials from the active bundle, in percent of decisions. */
      readonly denial_percent: number;
    };
  };
  /** Limits of each request. */
  readonly request: {
    /** Time after which the answer is 503. */
    readonly deadline_ms: number;
  };
  /** Request budgets, in addition to the budget of each agent. */
  readonly limits: {
    /** Cost of a request: the largest cost among its scopes. */
    readonly cost: {
      /** Cost in units of a request for a scope of low risk. */
      readonly low: number;
      /** Cost in units of a request for a scope of medium risk. */
      readonly medium: number;
      /** Cost in units of a request for a scope of high risk. */
      readonly high: number;
      /** Cost in units of a request for a scope of critical risk, or outside the catalogue. */
      readonly critical: number;
    };
    /** Budget of all agents of one owner: both members or neither. Absent: no such budget. */
    readonly owner: {
      /** Units per minute that the agents of one owner get back. */
      readonly per_minute?: number;
      /** Units that the agents of one owner may use at once. */
      readonly burst?: number;
    };
    /** Budgets of single owners, in place of `limits.owner`. */
    readonly owners?: Readonly<
      Record<
        string,
        {
          /** Units per minute that the agents of this owner get back. */
          readonly per_minute: number;
          /** Units that the agents of this owner may use at once. */
          readonly burst: number;
        }
      >
    >;
    /** Budget of all agents: both members or neither. Absent: no such budget. */
    readonly global: {
      /** Units per minute that all agents together get back. */
      readonly per_minute?: number;
      /** Units that all agents together may use at once. */
      readonly burst?: number;
    };
  };
  /** The admin API. */
  readonly admin: {
    /** File with the admin token. COUNTERSIGN_ADMIN_TOKEN takes precedence. */
    readonly token_file?: string;
    /** Time from which the token is refused (RFC 3339, UTC). Default: no end. */
    readonly token_expires_at?: string;
    /** Named admins, in addition to the holder of the admin token. */
    readonly principals?: readonly {
      /** Name in the audit record. */
      readonly id: string;
      /** Role. */
      readonly role: 'auditor' | 'operator' | 'admin';
      /** Lower-case hex SHA-256 of its token. */
      readonly token_sha256: string;
      /** Time from which the token is refused (RFC 3339, UTC). Default: no end. */
      readonly expires_at?: string;
    }[];
  };
  /** The audit record. */
  readonly audit: {
    /** The audit database. Default: <data_dir>/audit.db. */
    readonly store_path?: string;
    /** File to append events to, one JSON object per line. */
    readonly jsonl_path?: string;
    /** Also print events on standard output. */
    readonly stdout: boolean;
    /** How the policy input of each decision is kept, for replay. */
    readonly inputs: 'full' | 'masked' | 'off';
    /** An input that is larger without its request is not kept. */
    readonly input_max_bytes: number;
    /** JSON pointers to texts that are kept as keyed digests; needs `masked`. Default: every declared member. */
    readonly mask?: readonly string[];
    /** Bounds of the audit record: events past either bound are pruned. */
    readonly retention: {
      /** Age in days after which an event is pruned. */
      readonly max_age_days: number;
      /** Used bytes of the audit database. Above it, refusals are pruned first and grants last. */
      readonly max_bytes: number;
    };
  };
  /** Decisions in the event format of OPA. */
  readonly decision_log: {
    /** A file with one event per line. */
    readonly file: {
      /** Log file. Absent: no file. */
      readonly path?: string;
      /** Size at which the file is rotated. */
      readonly max_bytes: number;
      /** Number of rotated files to keep. */
      readonly keep: number;
    };
    /** Also print events on standard output. */
    readonly stdout: boolean;
    /** Receiver of uploads in the form of OPA: POST of a gzip-compressed JSON array. */
    readonly http: {
      /** URL to POST to. Absent: no upload. */
      readonly url?: string;
      /** Environment variable that holds the token. */
      readonly token_env?: string;
      /** File that holds the token. */
      readonly token_file?: string;
      /** Header for the token; in `authorization` it is a bearer token. */
      readonly token_header: string;
      /** Deadline of one upload. */
      readonly timeout_ms: number;
      /** Shortest pause after a complete upload. */
      readonly min_delay_ms: number;
      /** Longest pause, also after failures. */
      readonly max_delay_ms: number;
      /** Largest compressed chunk. */
      readonly upload_size_limit_bytes: number;
    };
    /** Labels of every event, in addition to `id` and `version`. */
    readonly labels?: Readonly<Record<string, string>>;
    /** JSON pointers to members that are removed from every event. */
    readonly mask: readonly string[];
    /** Entrypoint that returns the members to mask, such as system/log/mask. */
    readonly mask_entrypoint?: string;
    /** Entrypoint that returns the events to drop, such as system/log/drop. */
    readonly drop_entrypoint?: string;
    /** Largest backlog of one sink in bytes. Above it, the oldest events are dropped. */
    readonly buffer_max_bytes: number;
  };
  /** Endpoints that receive revocations and quarantines, signed by Standard Webhooks. */
  readonly webhooks?: readonly {
    /** Name in the audit record. */
    readonly id: string;
    /** URL to POST to. */
    readonly url: string;
    /** Environment variable that holds the whsec_ secret. */
    readonly secret_env?: string;
    /** File that holds the whsec_ secret. */
    readonly secret_file?: string;
    /** Event types to send. Absent: all. */
    readonly events?: readonly string[];
  }[];
  /** Agents, resources and resource servers that this file registers. */
  readonly registry: {
    /** Number to raise with every edit. A file with a lower number is not applied. */
    readonly revision: number;
    /** Agents. */
    readonly agents?: readonly Readonly<Record<string, unknown>>[];
    /** The tool catalogue. */
    readonly resources?: readonly Readonly<Record<string, unknown>>[];
    /** Target APIs that introspect tokens. */
    readonly resource_servers?: readonly Readonly<Record<string, unknown>>[];
  };
  /** Logs. */
  readonly log: {
    /** Lowest level that is written. */
    readonly level: 'debug' | 'info' | 'warn' | 'error';
  };
  /** The worker. */
  readonly worker: {
    /** Run the worker in the process of `countersign start`. */
    readonly enabled: boolean;
  };
  /** Accepted risks, and the clocks of agents. */
  readonly security: {
    /** How far ahead of the clock of Redis a client assertion may be issued. For as long after each start of Redis, assertions are answered 503. */
    readonly assertion_max_ahead_seconds: number;
    /** Run on a store with replicas, where a failover can lose writes. */
    readonly accept_replica_risk: boolean;
  };
};
