// Made by scripts/generate-types.mjs from src/config/schema.ts. Do not edit.

/** countersign.yaml */
export type Settings = {
  /** `production` refuses to start on unsafe settings. */
  readonly profile: 'local' | 'production';
  /** `iss` of tokens. Default: URL of the public listener, seen from this machine. */
  readonly issuer?: string;
  /** Listeners of the service. */
  readonly listeners: {
    /** Trusted proxies: addresses and CIDR blocks. Absent: no proxy is trusted. */
    readonly trustedProxies?: readonly string[];
    /** The header in which trusted proxies name the client; no other is read. */
    readonly forwardedHeader: 'x-forwarded-for' | 'forwarded';
    /** Listener for agents and resource servers. */
    readonly public: {
      /** Address to bind. Default: 127.0.0.1 in local, 0.0.0.0 in production. */
      readonly host?: string;
      /** TCP port; 0 lets the system choose. */
      readonly port: number;
      /** `required`: every connection begins with a PROXY header (v1 or v2) from a trusted proxy. */
      readonly proxyProtocol: 'off' | 'required';
    };
    /** Listener for operators: admin API, metrics, health. */
    readonly admin: {
      /** Address to bind. */
      readonly host: string;
      /** TCP port; 0 lets the system choose. */
      readonly port: number;
      /** `required`: every connection begins with a PROXY header (v1 or v2) from a trusted proxy. */
      readonly proxyProtocol: 'off' | 'required';
      /** Accepted hosts in addition to loopback: name or name:port. */
      readonly allowedHosts?: readonly string[];
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
      readonly agentId?: string;
      /** Accepted hosts in addition to loopback: name or name:port. */
      readonly allowedHosts?: readonly string[];
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
    readonly passwordFile?: string;
    /** Login of the Sentinels. */
    readonly sentinel: {
      /** User of the Sentinels. */
      readonly username?: string;
      /** File with the Sentinel password, in place of COUNTERSIGN_REDIS_SENTINEL_PASSWORD. */
      readonly passwordFile?: string;
    };
    /** TLS to every Redis and Sentinel; certificates are always verified. */
    readonly tls: {
      /** PEM of the authorities to trust in place of the built-in ones. */
      readonly caFile?: string;
      /** PEM of a client certificate. */
      readonly certFile?: string;
      /** PEM of its private key. */
      readonly keyFile?: string;
      /** Server name to request (SNI) and verify, in place of the connected address. */
      readonly serverName?: string;
    };
    /** First part of every key. */
    readonly prefix: string;
    /** Number of shards, fixed at the first start. A service with another number refuses to start. */
    readonly shards: number;
    /** Deadline of one Redis command. */
    readonly commandTimeoutMs: number;
    /** Difference between the clocks of Redis and of this machine above which nothing is granted; at least twice `redis.command_timeout_ms` is used. */
    readonly maxClockSkewMs: number;
    /** Used memory at which issuing stops. */
    readonly highWaterBytes?: number;
  };
  /** Folder for files of this machine. */
  readonly dataDir: string;
  /** Access tokens. */
  readonly tokens: {
    /** Lifetime when the request has none. */
    readonly defaultTtlSeconds: number;
    /** Longest lifetime of a token. It may change from one start to the next, in one process after another. */
    readonly maxTtlSeconds: number;
    /** Time that a token record is kept after expiry. */
    readonly skewSeconds: number;
    /** Algorithm of new signing keys. */
    readonly signingAlg: 'ES256' | 'RS256';
  };
  /** Signing keys. */
  readonly keys: {
    /** Age at which a key is replaced. */
    readonly rotateEverySeconds: number;
    /** `max-age` of the JWKS, and the time that a key is published before it signs. */
    readonly jwksCacheSeconds: number;
    /** File with the 32-byte key that seals private keys. */
    readonly keyEncryptionKeyFile?: string;
    /** File with the previous key, while it is being replaced. */
    readonly previousKeyEncryptionKeyFile?: string;
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
      readonly bearerTokenEnv?: string;
      /** File with the bearer token, read again for each request. */
      readonly bearerTokenFile?: string;
      /** Headers sent with each request. */
      readonly headers?: readonly {
        /** Name of the header. */
        readonly name: string;
        /** Environment variable with the value of the header. */
        readonly env: string;
      }[];
      /** Longest time without a byte from the server. */
      readonly timeoutSeconds: number;
      /** Pauses between requests to the server. */
      readonly polling: {
        /** Shortest pause between two requests. */
        readonly minDelaySeconds: number;
        /** Longest pause, also after errors. */
        readonly maxDelaySeconds: number;
        /** Longest time that the server may hold a request. Absent: no long polling. */
        readonly longPollingTimeoutSeconds?: number;
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
        readonly keyFile?: string;
        /** Environment variable with the key, in place of `key_file`. */
        readonly keyEnv?: string;
        /** Required `scope` of the signature. Absent: it must have none. */
        readonly scope?: string;
      }[];
      /** Id of the key to use, in place of the `kid` of the signature. */
      readonly keyId?: string;
    };
    /** Circuit breaker: refuses evaluations for a time after slow ones. */
    readonly breaker: {
      /** Time above which an evaluation is slow. One that makes the instance recreate its memory is slow, too. */
      readonly maxMs: number;
      /** Slow evaluations in a row that open the breaker. */
      readonly tripAfter: number;
      /** Time that the breaker stays open. */
      readonly coolDownMs: number;
    };
    /** Checks of a bundle before it serves. */
    readonly admission: {
      /** Action on an input that shows an escalation. */
      readonly violations: 'refuse' | 'warn';
      /** Action on a bundle of `path` or `server` of which no input is granted, or a property is not exercised. */
      readonly requireGrants: 'refuse' | 'warn';
      /** Number of generated inputs per property. */
      readonly inputs: number;
      /** Longest admission. A bundle that takes longer is refused. The first bundle of a store has at least 60 s. */
      readonly deadlineMs: number;
    };
    /** Time that each live node has to make a bundle ready. */
    readonly readyTimeoutMs: number;
    /** Conditions for the withdrawal of a canary. */
    readonly canary: {
      /** Number of decisions before a canary is judged. */
      readonly minDecisions: number;
      /** Tolerated errors above those of the active bundle, in percent of decisions. */
      readonly errorPercent: number;
      /** Tolerated difference in denials from the active bundle, in percent of decisions. */
      readonly denialPercent: number;
    };
  };
  /** Limits of each request. */
  readonly request: {
    /** Time after which the answer is 503. */
    readonly deadlineMs: number;
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
      readonly perMinute?: number;
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
      readonly perMinute?: number;
      /** Units that all agents together may use at once. */
      readonly burst?: number;
    };
  };
  /** The admin API. */
  readonly admin: {
    /** File with the admin token. COUNTERSIGN_ADMIN_TOKEN takes precedence. */
    readonly tokenFile?: string;
    /** Time from which the token is refused (RFC 3339, UTC). Default: no end. */
    readonly tokenExpiresAt?: string;
    /** Named admins, in addition to the holder of the admin token. */
    readonly principals?: readonly {
      /** Name in the audit record. */
      readonly id: string;
      /** Role. */
      readonly role: 'auditor' | 'operator' | 'admin';
      /** Lower-case hex SHA-256 of its token. */
      readonly tokenSha256: string;
      /** Time from which the token is refused (RFC 3339, UTC). Default: no end. */
      readonly expiresAt?: string;
    }[];
  };
  /** The audit record. */
  readonly audit: {
    /** The audit database. Default: <data_dir>/audit.db. */
    readonly storePath?: string;
    /** File to append events to, one JSON object per line. */
    readonly jsonlPath?: string;
    /** Also print events on standard output. */
    readonly stdout: boolean;
    /** How the policy input of each decision is kept, for replay. */
    readonly inputs: 'full' | 'masked' | 'off';
    /** An input that is larger without its request is not kept. */
    readonly inputMaxBytes: number;
    /** JSON pointers to texts that are kept as keyed digests; needs `masked`. Default: every declared member. */
    readonly mask?: readonly string[];
    /** Bounds of the audit record: events past either bound are pruned. */
    readonly retention: {
      /** Age in days after which an event is pruned. */
      readonly maxAgeDays: number;
      /** Used bytes of the audit database. Above it, refusals are pruned first and grants last. */
      readonly maxBytes: number;
    };
  };
  /** Decisions in the event format of OPA. */
  readonly decisionLog: {
    /** A file with one event per line. */
    readonly file: {
      /** Log file. Absent: no file. */
      readonly path?: string;
      /** Size at which the file is rotated. */
      readonly maxBytes: number;
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
      readonly tokenEnv?: string;
      /** File that holds the token. */
      readonly tokenFile?: string;
      /** Header for the token; in `authorization` it is a bearer token. */
      readonly tokenHeader: string;
      /** Deadline of one upload. */
      readonly timeoutMs: number;
      /** Shortest pause after a complete upload. */
      readonly minDelayMs: number;
      /** Longest pause, also after failures. */
      readonly maxDelayMs: number;
      /** Largest compressed chunk. */
      readonly uploadSizeLimitBytes: number;
    };
    /** Labels of every event, in addition to `id` and `version`. */
    readonly labels?: Readonly<Record<string, string>>;
    /** JSON pointers to members that are removed from every event. */
    readonly mask: readonly string[];
    /** Entrypoint that returns the members to mask, such as system/log/mask. */
    readonly maskEntrypoint?: string;
    /** Entrypoint that returns the events to drop, such as system/log/drop. */
    readonly dropEntrypoint?: string;
    /** Largest backlog of one sink in bytes. Above it, the oldest events are dropped. */
    readonly bufferMaxBytes: number;
  };
  /** Endpoints that receive revocations and quarantines, signed by Standard Webhooks. */
  readonly webhooks?: readonly {
    /** Name in the audit record. */
    readonly id: string;
    /** URL to POST to. */
    readonly url: string;
    /** Environment variable that holds the whsec_ secret. */
    readonly secretEnv?: string;
    /** File that holds the whsec_ secret. */
    readonly secretFile?: string;
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
    readonly resourceServers?: readonly Readonly<Record<string, unknown>>[];
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
    readonly assertionMaxAheadSeconds: number;
    /** Run on a store with replicas, where a failover can lose writes. */
    readonly acceptReplicaRisk: boolean;
  };
};
