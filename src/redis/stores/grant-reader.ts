import { unavailable } from '../../domain/errors.js';
import type { StoreContext } from '../context.js';
import type { GrantRecord } from './grant-committer.js';

/** Returns the grant of a token, for the event of its revocation; undefined when it no longer exists. */
export async function grantOfToken(
  context: StoreContext,
  shard: number,
  jti: string,
): Promise<(GrantRecord & { readonly grant_id: string }) | undefined> {
  const text = await read(context, context.keys.token(shard, jti));
  if (text === null) return undefined;
  const { g } = JSON.parse(text) as { g: string };
  const grant = await readGrant(context, shard, g);
  return grant === undefined ? undefined : { ...grant, grant_id: g };
}

/** Returns a committed grant; undefined when it is unknown or its token has expired. */
export async function readGrant(
  context: StoreContext,
  shard: number,
  grantId: string,
): Promise<GrantRecord | undefined> {
  const text = await read(context, context.keys.grant(shard, grantId));
  return text === null ? undefined : (JSON.parse(text) as GrantRecord);
}

async function read({ runner }: StoreContext, key: string): Promise<string | null> {
  try {
    return await runner.client.get(key);
  } catch (error) {
    throw unavailable('reading a grant failed', error);
  }
}
