// What the harness takes from the build it measures.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../scripts/lib/root.mjs';

const fromDist = (path) => import(pathToFileURL(join(root, 'dist', path)).href);

export const { DEMO_REGISTRY } = await fromDist('config/demo.js');
export const { shardOfAgent } = await fromDist('domain/shard.js');
export const { createKeys } = await fromDist('redis/keys.js');
export const { mintSecret } = await fromDist('registry/secret.js');
export const { inThread } = await fromDist('app/policy/in-thread.js');
export const { openAuditStore } = await fromDist('audit/store.js');
export const { packArchive } = await fromDist('policy/bundle/pack.js');
export const { readBundle } = await fromDist('policy/bundle/read.js');
export const { canonicalJson } = await fromDist('policy/json/canonical.js');
export const { createJudge } = await fromDist('policy/replay/judge.js');
