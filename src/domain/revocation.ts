/** Dimensions of a revocation. `token` takes a token or its `jti`; `all` takes the value `*`. */
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

/** Dimensions of permanent revocations; the others are floors, which cover earlier gathers only. */
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
  /** The audience URI as given, when the resource was named by one. */
  readonly audience?: string;
  /** Former holders of that audience; floors only. */
  readonly formerHolders?: readonly string[];
  /** Also denies new requests until lifted; floors only. */
  readonly denyUntilLifted: boolean;
  readonly principal: Principal;
  readonly requestId: string;
}

/** The actor of a recorded action. */
export interface Principal {
  readonly kind: 'agent' | 'resource_server' | 'admin' | 'system';
  readonly id: string;
}

/** The outcome of a revocation: `done` when every shard has it, else `pending` with the missing ones. */
export type RevocationOutcome = (
  | { readonly state: 'done'; readonly revId: string }
  | {
      readonly state: 'pending';
      readonly revId: string;
      readonly missingShards: readonly number[];
    }
) & {
  /** Set when no stored bundle has the revoked policy revision; the revocation is in force all the same. */
  readonly matched?: 'none';
};

/** Returns the field of a shard's revocation hash for a dimension and value. */
export function revocationField(by: RevocationDimension, value: string): string {
  return by === 'all' ? 'all' : `${by}:${value}`;
}
