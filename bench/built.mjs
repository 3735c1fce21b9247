// What the harness takes from the build it measures.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../scripts/lib/root.mjs';

const fromDist = (path) => import(pathToFileURL(join(root, 'dist', path)).href);

export const { DEMO_REGISTRY } = await fromDist('config/demo.js');
export const { shardOfAgent } = await fromDist('domain/shard.js');
export const { createKeys } = await fromDist('redis/keys.js');
export const { mintSecret } = await fromDist('registry/secret.js');
