// Made by scripts/generate-types.mjs from rego/schemas. Do not edit.

export type PolicyInput = {
  readonly request: {
    readonly resource: string;
    readonly scopes: readonly string[];
    readonly ttl_seconds: number;
    readonly declared: {
      readonly session_id?: string;
      readonly task_id?: string;
      readonly user_id?: string;
      readonly reason?: string;
    };
  };
  readonly agent: {
    readonly id: string;
    readonly class: string;
    readonly roles: readonly string[];
    readonly grants: readonly {
      readonly resource: string;
      readonly scopes: readonly string[];
      readonly max_ttl_seconds?: number;
    }[];
    readonly labels: Readonly<Record<string, string>>;
    readonly authentication: string;
  };
  readonly resource: {
    readonly id: string;
    readonly audiences: readonly string[];
    readonly scopes: readonly {
      readonly name: string;
      readonly risk: 'low' | 'medium' | 'high' | 'critical';
      readonly description: string;
      readonly honey?: boolean;
      readonly review?: boolean;
      readonly max_ttl_seconds?: number;
    }[];
    readonly max_ttl_seconds?: number;
    readonly requires?: readonly ('session' | 'task' | 'user' | 'reason')[];
    readonly working_hours?: {
      readonly timezone: string;
      readonly days: readonly (
        | 'monday'
        | 'tuesday'
        | 'wednesday'
        | 'thursday'
        | 'friday'
        | 'saturday'
        | 'sunday'
        | 'mon'
        | 'tue'
        | 'wed'
        | 'thu'
        | 'fri'
        | 'sat'
        | 'sun'
      )[];
      readonly start: string;
      readonly end: string;
    };
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly signals: {
    readonly requests_10m: number;
    readonly requests_2h: number;
    readonly denials_60m: number;
    readonly first_seen_scopes_60m: number;
    readonly first_seen_resources_60m: number;
    readonly first_seen_now: boolean;
    readonly anomaly: number;
    readonly learning: boolean;
    readonly terms: readonly {
      readonly name: string;
      readonly value: number;
      readonly expected: number;
      readonly score: number;
    }[];
  };
  readonly delegation: {
    readonly chain: readonly string[];
  };
  readonly approval: null;
  readonly now: {
    readonly unix_ms: number;
  };
};

/** Decision of the policy */
export type PolicyResult = {
  readonly effect: 'allow' | 'narrow' | 'review' | 'deny';
  readonly grant?: {
    readonly scopes: readonly string[];
    readonly ttl_seconds: number;
    readonly authorization_details?: readonly Readonly<Record<string, unknown>>[];
    readonly max_uses?: number;
  };
  readonly removed?: readonly {
    readonly scope: string;
    readonly rule: string;
    readonly reason: string;
  }[];
  readonly review?: {
    readonly approvers: readonly string[];
    readonly expires_in_seconds: number;
    readonly reason: string;
  };
  readonly reasons: readonly {
    readonly rule: string;
    readonly code: string;
    readonly message: string;
  }[];
  readonly obligations: readonly {
    readonly id: string;
    readonly type: string;
    readonly properties: Readonly<Record<string, unknown>>;
  }[];
};

export type PolicyCasesStrings = readonly string[];

export type PolicyCasesCase = {
  readonly name: string;
  readonly ask: PolicyCasesAsk;
  /** When it is asked (RFC 3339); Monday 2025-11-24, 09:00 UTC, unless said. */
  readonly at?: string;
  /** JSON Merge Patch (RFC 7396) over the input made from `base` and `ask`. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** The input is one that rego/schemas/input.json refuses. */
  readonly breaks_schema?: true;
  readonly expect: PolicyCasesExpect;
};

export type PolicyCasesAsk = {
  /** One of `resources`. */
  readonly resource: string;
  readonly scopes: PolicyCasesStrings;
  /** 300 unless said. */
  readonly ttl_seconds?: number;
  /** What the agent says of the request. */
  readonly declared?: Readonly<Record<string, unknown>>;
};

export type PolicyCasesExpect = {
  readonly effect: 'allow' | 'narrow' | 'review' | 'deny';
  /** What is granted. When absent: all that was asked for `allow`, else nothing. */
  readonly scopes?: PolicyCasesStrings;
  /** The lifetime that is granted; any when absent and something is. */
  readonly ttl_seconds?: number;
  /** Each scope that was cut and the rule that cut it; none when absent. */
  readonly removed?: Readonly<Record<string, string>>;
  /** Codes of the reasons; any when absent. */
  readonly codes?: PolicyCasesStrings;
  /** Rules of the reasons; any when absent. */
  readonly rules?: PolicyCasesStrings;
  /** Signals of the alarms; none when absent. */
  readonly alarms?: PolicyCasesStrings;
  /** Who is asked; anybody when absent. */
  readonly approvers?: PolicyCasesStrings;
  /** Types of all obligations; any when absent. */
  readonly obligations?: PolicyCasesStrings;
};

/** What a policy is asked, and what it must answer. docs/policy/tools.md describes the form. */
export type PolicyCases = {
  readonly $schema?: string;
  /** What these cases show, in a sentence. */
  readonly about: string;
  /** Another file of this folder: these cases start from its `base` and `resources`. */
  readonly from?: string;
  /** Members of the input that every case has (rego/schemas/input.json). What is left out is neutral: no roles, no grants, no requests before. */
  readonly base?: Readonly<Record<string, unknown>>;
  /** The catalogue entry of each resource that is asked for, by its id. */
  readonly resources?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly cases?: readonly PolicyCasesCase[];
};
