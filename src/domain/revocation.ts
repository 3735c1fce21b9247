/** What a revocation can be by. `token` takes a token or its `jti`; `all` takes the value `*`. */
export const REVOCATION_DIMENSIONS = [
  'token',
  'grant',
  'agent',
  'session',
  'task',
  'user',
  'resource',
  'policy_revision',
  'key',
  'all',
] as const;
export type RevocationDimension = (typeof REVOCATION_DIMENSIONS)[number];

/** Members of these are dead for ever; the others are floors, which only cover what was gathered before. */
export const PERMANENT_DIMENSIONS: ReadonlySet<RevocationDimension> = new Set([
  'token',
  'grant',
  'key',
  'policy_revision',
]);

export interface Revocation {
  readonly revId: string;
  readonly by: RevocationDimension;
  readonly value: string;
  readonly reason: string;
  /** Of a resource that was named by an audience: the URI as it was given. */
  readonly audience?: string;
  /** Of a resource that was named by an audience: other ids that had it; floors only. */
  readonly formerHolders?: readonly string[];
  /** Floors only: also deny new requests until lifted. */
  readonly denyUntilLifted: boolean;
  readonly principal: Principal;
  readonly requestId: string;
}

/** Who did something, for the record. */
export interface Principal {
  readonly kind: 'agent' | 'resource_server' | 'admin' | 'system';
  readonly id: string;
}

/** `done` when every shard has it; `pending` lists the shards that are missing. */
export type RevocationOutcome =
  | { readonly state: 'done'; readonly revId: string }
  | {
      readonly state: 'pending';
      readonly revId: string;
      readonly missingShards: readonly number[];
    };

/** The field of a shard's revocation hash that a dimension and value live under. */
export function revocationField(by: RevocationDimension, value: string): string {
  return by === 'all' ? 'all' : `${by}:${value}`;
}
