import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import {
  createBundleSource,
  type SourceOptions,
  type SourceSettings,
} from '../../policy/source/create.js';
import type { BundleSource } from '../../policy/source/source.js';

/** Creates the configured source: the server when set, else the path. */
export function bundleSourceFor(
  { policy, dataDir }: Pick<Config, 'policy' | 'dataDir'>,
  options: Omit<SourceOptions, 'watch'> = {},
): BundleSource {
  return createBundleSource(settingsOf(policy, dataDir), { ...options, watch: policy.watch });
}

function settingsOf({ server, path }: Config['policy'], dataDir: string): SourceSettings {
  if (server === undefined) return { path };
  const { bearerToken, ...rest } = server;
  return {
    server: { ...rest, ...(bearerToken === undefined ? {} : { bearerToken }) },
    keepIn: join(dataDir, 'policy'),
  };
}
