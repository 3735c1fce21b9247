import { readFileSync } from 'node:fs';
import { BundleRefused } from '../../../../src/policy/bundle/refused.js';
import { readBundleArchive } from '../../../../src/policy/bundle/read.js';
import { createBundleSource, type SourceOptions } from '../../../../src/policy/source/create.js';
import type { ServerOptions } from '../../../../src/policy/source/server.js';
import type { BundleSource, OnCandidate } from '../../../../src/policy/source/source.js';
import { buildBundle } from '../../../support/bundles/build.js';

/** A bundle made by the real `opa build`. */
export function bundle(revision: string): Buffer {
  const rego = 'default decision := {"effect": "deny", "reasons": [], "obligations": []}';
  return readFileSync(buildBundle({ rego, revision }));
}

/** Reads what is brought, as the service does, and keeps the revisions. `fault`, when set, is thrown. */
export class Taker {
  readonly taken: string[] = [];
  readonly origins: string[] = [];
  offered = 0;
  fault: Error | undefined;

  readonly take: OnCandidate = async (archive, origin) => {
    this.offered += 1;
    const { revision } = await readBundleArchive(archive, { verification: 'off' });
    if (this.fault !== undefined) throw this.fault;
    this.taken.push(revision);
    this.origins.push(origin);
  };
}

export const REFUSED = new BundleRefused('decision_invalid', ['it denies nothing']);

/** A source with pauses of milliseconds, and the problems it reported. */
export function sourceOf(
  url: string,
  settings: Partial<ServerOptions> & { readonly keepIn?: string } = {},
  options: SourceOptions = {},
): { readonly source: BundleSource; readonly problems: string[] } {
  const problems: string[] = [];
  const { keepIn, ...rest } = settings;
  const source = createBundleSource(
    {
      server: {
        url,
        timeoutSeconds: 5,
        polling: { minDelaySeconds: 0.005, maxDelaySeconds: 0.02 },
        ...rest,
      },
      ...(keepIn === undefined ? {} : { keepIn }),
    },
    {
      random: () => 0.5,
      onProblem: ({ message }) => problems.push(message),
      ...options,
    },
  );
  return { source, problems };
}
