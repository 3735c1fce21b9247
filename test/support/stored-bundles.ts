import { fileURLToPath } from 'node:url';
import type { BundleRecord, PolicyStore } from '../../src/domain/policy-lifecycle.js';
import { packArchive } from '../../src/policy/bundle/pack.js';
import { readBundle, readBundleArchive, type Bundle } from '../../src/policy/bundle/read.js';

const COMMITTED = fileURLToPath(new URL('../../bundles/countersign', import.meta.url));

/** The bundle that is committed. */
export function committedBundle(): Promise<Bundle> {
  return readBundle(COMMITTED, { verification: 'off' });
}

/** These modules with other data and more files: what an author ships who edits data.json. */
export async function variantOf(
  bundle: Bundle,
  revision: string,
  edit: (data: Record<string, unknown>) => unknown,
  files: Readonly<Record<string, string>> = {},
): Promise<Bundle> {
  const all = new Map(bundle.files);
  const manifest = JSON.parse((all.get('.manifest') ?? '').toString()) as object;
  const data = JSON.parse(Buffer.from(bundle.data).toString()) as Record<string, unknown>;
  all.set('.manifest', Buffer.from(JSON.stringify({ ...manifest, revision })));
  all.set('data.json', Buffer.from(JSON.stringify(edit(data))));
  for (const [path, text] of Object.entries(files)) all.set(path, Buffer.from(text));
  return readBundleArchive(await packArchive(all), { verification: 'off' });
}

/** Puts a bundle into a store as a push would. */
export async function putBundle(store: PolicyStore, bundle: Bundle): Promise<BundleRecord> {
  const archive = await packArchive(bundle.files);
  const record: BundleRecord = {
    digest: bundle.digest,
    revision: bundle.revision,
    sequence: bundle.sequence,
    opa_version: bundle.opaVersion,
    entrypoints: [...bundle.modules.keys()],
    size_bytes: archive.byteLength,
    pushed_at_ms: 1,
    pushed_by: { kind: 'admin', id: 'root' },
    source: 'push',
  };
  await store.put(record, archive, []);
  return record;
}

/** Makes a stored bundle the active one. */
export async function activateBundle(store: PolicyStore, record: BundleRecord): Promise<void> {
  const before = await store.document();
  const { digest, revision, pushed_by: by } = record;
  const active = { digest, revision, since_ms: 1, by };
  await store.replace(
    before?.version ?? 0,
    {
      version: (before?.version ?? 0) + 1,
      generation: (before?.generation ?? 0) + 1,
      active,
      history: before === undefined ? [] : [before.active, ...before.history],
      highest_sequence: 0,
    },
    [],
  );
}
