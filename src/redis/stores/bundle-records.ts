import type { BundleRecord, PolicyDocument } from '../../domain/policy-lifecycle.js';
import type { StoreContext } from '../context.js';

/** Retention limits of bundles without a role or a place in the history, newest first. */
const KEPT_BUNDLES = 50;
const KEPT_BYTES = 64 * 1024 * 1024;
const DIGEST = /^sha256:([0-9a-f]{64})$/;

/**
 * Returns the hex part of a digest.
 * Throws RangeError on anything else: no key contains an unchecked value.
 */
export function hexOf(digest: string): string {
  const hex = DIGEST.exec(digest)?.[1];
  if (hex === undefined) throw new RangeError('not a digest');
  return hex;
}

/** Returns one record with its reports. */
export async function readRecord(
  { runner, keys }: StoreContext,
  digest: string,
): Promise<BundleRecord | undefined> {
  if (!DIGEST.test(digest)) return undefined;
  const fields = [digest, `${digest}:report`, `${digest}:replay`];
  const [record, report, replay] = await runner.client.hmget(keys.policyBundles, ...fields);
  return recordOf(record, report, replay);
}

/** Returns every record with its reports, newest first. */
export async function readRecords({
  runner,
  keys,
}: StoreContext): Promise<readonly BundleRecord[]> {
  const all = await runner.client.hgetall(keys.policyBundles);
  return Object.entries(all)
    .flatMap(([digest, text]) =>
      DIGEST.test(digest) ? [recordOf(text, all[`${digest}:report`], all[`${digest}:replay`])] : [],
    )
    .filter((record) => record !== undefined)
    .sort((a, b) => b.pushed_at_ms - a.pushed_at_ms || (a.digest < b.digest ? -1 : 1));
}

function recordOf(
  record: string | null | undefined,
  report: string | null | undefined,
  replay: string | null | undefined,
): BundleRecord | undefined {
  if (typeof record !== 'string') return undefined;
  return {
    ...(JSON.parse(record) as BundleRecord),
    ...(typeof report === 'string' ? { report: JSON.parse(report) as object } : {}),
    ...(typeof replay === 'string' ? { replay: JSON.parse(replay) as object } : {}),
  } as BundleRecord;
}

/** Removes old bundles without a role, so that repeated pushes do not fill the store. */
export async function forgetOldBundles(
  context: StoreContext,
  document: PolicyDocument | undefined,
  newest: string,
): Promise<void> {
  const needed = new Set([newest, ...digestsOf(document)]);
  let count = 0;
  let bytes = 0;
  const victims: string[] = [];
  for (const { digest, size_bytes: size } of await readRecords(context)) {
    if (needed.has(digest)) continue;
    count += 1;
    bytes += size;
    if (count > KEPT_BUNDLES || bytes > KEPT_BYTES) victims.push(digest);
  }
  const { client } = context.runner;
  const { keys } = context;
  for (const digest of victims) {
    await client.hdel(keys.policyBundles, digest, `${digest}:report`, `${digest}:replay`);
    await client.del(keys.policyArchive(hexOf(digest)));
  }
}

/** Returns the digest of every bundle that has a role, or had one and can be rolled back to. */
function digestsOf(document: PolicyDocument | undefined): string[] {
  if (document === undefined) return [];
  const { active, history, canary, shadow, candidate } = document;
  return [active, ...history, canary, shadow, candidate].flatMap((one) =>
    one === undefined ? [] : [one.digest],
  );
}
