import { audienceKey, formerHoldersOfAudience, holderOfAudience } from '../../domain/audience.js';
import { CountersignError } from '../../domain/errors.js';
import { newId, shardOfId } from '../../domain/ids.js';
import type { RevocationStore, TokenVerifier } from '../../domain/ports.js';
import type { AgentStore, CatalogueStore } from '../../domain/registry-ports.js';
import {
  PERMANENT_DIMENSIONS,
  type Revocation,
  type RevocationDimension,
  type RevocationOutcome,
} from '../../domain/revocation.js';
import type { RevocationCommand, RevocationOperations } from '../operations.js';
import type { AdminContext } from './context.js';

export interface RevocationOperationsDeps {
  readonly store: RevocationStore;
  /** Verifies with the newest keys, so that no live token counts as foreign. */
  readonly verify: (token: string) => Promise<ReturnType<TokenVerifier['verify']>>;
  readonly shards: number;
  readonly agents: Pick<AgentStore, 'read'>;
  readonly catalogue: Pick<CatalogueStore, 'readResource' | 'readAudience'>;
  /** Revokes a key, which also changes the keyring. */
  readonly revokeKey: (
    kid: string,
    reason: string,
    context: AdminContext,
  ) => Promise<RevocationOutcome>;
  readonly onRevocation: (by: RevocationDimension) => void;
  /** Returns whether a stored bundle has this revision. */
  readonly hasRevision: (revision: string) => Promise<boolean>;
}

/** The value of a revocation; for a resource named by an audience, also the former holders. */
type Named = Pick<Revocation, 'value' | 'audience' | 'formerHolders'>;

/** Creates the operations on revocations by any dimension. */
export function createRevocationOperations(deps: RevocationOperationsDeps): RevocationOperations {
  return {
    async revoke(command, context) {
      const { value, ...named } = await checkedValue(deps, command);
      deps.onRevocation(command.by);
      if (command.by === 'key') return deps.revokeKey(value, command.reason, context);
      const outcome = await deps.store.revoke({
        ...command,
        ...named,
        value,
        revId: newId('rev'),
        principal: context.principal,
        requestId: context.requestId,
      });
      return command.by === 'policy_revision' ? withMatch(deps, outcome, value) : outcome;
    },
    async lift(command, context) {
      if (PERMANENT_DIMENSIONS.has(command.by)) {
        throw new CountersignError(
          'invalid_request',
          `A revocation by ${command.by} is permanent.`,
        );
      }
      const { value } = await checkedValue(deps, { ...command, denyUntilLifted: false }, true);
      return deps.store.lift({
        ...command,
        value,
        revId: newId('rev'),
        principal: context.principal,
        requestId: context.requestId,
      });
    },
  };
}

/** Adds `matched` to an outcome that is in force already, so a failed look-up only leaves it out. */
async function withMatch(
  { hasRevision }: RevocationOperationsDeps,
  outcome: RevocationOutcome,
  revision: string,
): Promise<RevocationOutcome> {
  const known = await hasRevision(revision).catch(() => true);
  return known ? outcome : { ...outcome, matched: 'none' };
}

/** Returns the checked value: a token becomes its `jti`; a malformed id is refused, not "done". */
async function checkedValue(
  deps: RevocationOperationsDeps,
  { by, value, denyUntilLifted }: RevocationCommand,
  lifts = false,
): Promise<Named> {
  if (denyUntilLifted && PERMANENT_DIMENSIONS.has(by)) {
    throw new CountersignError(
      'invalid_request',
      `A revocation by ${by} is permanent; deny_until_lifted does not apply.`,
    );
  }
  if (by === 'all' && value !== '*') {
    throw new CountersignError('invalid_request', 'The value of a revocation by all is "*".');
  }
  if (by === 'grant' && shardOfId('grt', value, deps.shards) === undefined) {
    throw new CountersignError('invalid_request', 'The value is not a grant id (grt_…).');
  }
  if (by === 'agent' && (await deps.agents.read(value)) === undefined) {
    throw new CountersignError('not_found', 'There is no agent of this id.');
  }
  if (by === 'resource') return resourceOf(deps, value, denyUntilLifted || lifts);
  if (by !== 'token' || shardOfId('jti', value, deps.shards) !== undefined) return { value };
  const known = await deps.verify(value);
  if (known !== undefined) return { value: known.claims.jti };
  throw new CountersignError(
    'invalid_request',
    'The value is neither a token of this issuer nor a jti.',
  );
}

/**
 * Resolves a resource by id or audience URI; revocations cover tokens by resource id.
 *
 * An audience URI covers every id that held it within the maximum token lifetime. A denial or its lift covers the
 * current holder only. Deleted ids count too.
 */
async function resourceOf(
  { catalogue }: RevocationOperationsDeps,
  value: string,
  needsHolder: boolean,
): Promise<Named> {
  const entry = await catalogue.readAudience(audienceKey(value));
  const holder = entry && holderOfAudience(entry, value)?.id;
  const former = entry === undefined ? [] : formerHoldersOfAudience(entry, value, holder);
  const [first, ...others] = holder === undefined ? former : [holder, ...former];
  if (first !== undefined) {
    if (holder !== undefined || !needsHolder) {
      return { value: first, audience: value, formerHolders: others };
    }
    throw new CountersignError(
      'invalid_request',
      'No resource has this audience now; name the resource to deny, or to lift, by its id.',
    );
  }
  if ((await catalogue.readResource(value)) !== undefined) return { value };
  throw new CountersignError('not_found', 'There is no resource of this id or audience.');
}
