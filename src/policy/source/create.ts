import { systemClock, type Clock } from '../../domain/clock.js';
import { DEFAULT_BUNDLE_LIMITS, type BundleLimits } from '../bundle/members.js';
import { LastGood } from './last-good.js';
import { PathFetcher } from './path.js';
import { SourcePoller } from './poller.js';
import { ServerFetcher, type ServerOptions } from './server.js';
import type { BundleSource } from './source.js';

/** Configured source of bundles. */
export type SourceSettings =
  | {
      /** Path of a bundle folder or tar.gz. */
      readonly path: string;
      /** Polling interval in milliseconds; 1000 by default. */
      readonly intervalMs?: number;
    }
  | {
      readonly server: Omit<ServerOptions, 'maxBytes' | 'random'>;
      /** Folder for the last good bundle; absent: no copy is kept. */
      readonly keepIn?: string;
    };

export interface SourceOptions {
  /** False: only `start` and `checkNow` poll. True by default. */
  readonly watch?: boolean;
  readonly limits?: BundleLimits;
  readonly clock?: Clock;
  /** Called once per problem of the source, and when the bundle cannot be kept on disk. */
  readonly onProblem?: (problem: Error) => void;
  /** Randomises pauses; returns 0 to 1. */
  readonly random?: () => number;
}

const LOOK_INTERVAL_MS = 1000;

/** Creates a source that has not polled yet. */
export function createBundleSource(
  settings: SourceSettings,
  options: SourceOptions = {},
): BundleSource {
  const { limits = DEFAULT_BUNDLE_LIMITS, watch = true, clock = systemClock, onProblem } = options;
  const { random = Math.random } = options;
  const more = { watch, clock, ...(onProblem === undefined ? {} : { onProblem }) };
  if ('path' in settings) {
    const { path, intervalMs = LOOK_INTERVAL_MS } = settings;
    return new SourcePoller({
      fetcher: new PathFetcher({ path, limits, random, intervalMs }),
      ...more,
    });
  }
  const maxBytes = limits.compressedBytes;
  const fetcher = new ServerFetcher({ ...settings.server, maxBytes, random });
  if (settings.keepIn === undefined) return new SourcePoller({ fetcher, ...more });
  // The whole URL: its query may select the bundle.
  const lastGood = new LastGood(settings.keepIn, settings.server.url, maxBytes);
  return new SourcePoller({ fetcher, lastGood, ...more });
}
