// The default policy under other revisions, and with a megabyte of data.
import { join } from 'node:path';
import { root } from '../../../scripts/lib/root.mjs';
import { benchPolicyData } from '../../policy-input.mjs';
import { archiveOf, compileFolder } from './compile.mjs';

const BIG_BYTES = 1_000_000;
let compiled;

/**
 * Bundles of the default policy, each newer than the one before, that differ by a word of their data; `big` ones hold a megabyte of it,
 * `shorter` ones grant nothing for more than two minutes.
 */
export async function lifecycleBundles(opa, revisions, { big = false, shorter = false } = {}) {
  compiled ??= {
    ...(await compileFolder(opa, join(root, 'rego'), ['examples'])),
    data: benchPolicyData(),
  };
  const bundles = [];
  for (const [at, revision] of revisions.entries()) {
    const extra = { directory: big ? directory(revision) : { revision } };
    const data = shorter ? withShortLifetimes(compiled.data) : compiled.data;
    const archive = await archiveOf({ ...compiled, data }, { revision, sequence: at + 1, extra });
    bundles.push({ revision, archive: Buffer.from(archive) });
  }
  return bundles;
}

function withShortLifetimes(data) {
  const copy = structuredClone(data);
  for (const risk of Object.values(copy.countersign.config.risk)) risk.max_ttl_seconds = 120;
  return copy;
}

/** People and what they own, about a megabyte of JSON. */
function directory(revision) {
  const entries = {};
  let bytes = 0;
  for (let n = 0; bytes < BIG_BYTES; n++) {
    const entry = {
      name: `Person ${n} of ${revision}`,
      team: `team-${n % 97}`,
      created_at_ms: 1_700_000_000_000 + n * 7919,
      limits: { eur: (n * 37) % 100_000, usd: (n * 41) % 100_000 },
      resources: [`resource-${n % 13}`, `resource-${n % 29}`],
      active: n % 5 !== 0,
    };
    entries[`person-${n}`] = entry;
    bytes += JSON.stringify(entry).length + 16;
  }
  return entries;
}
