import { systemClock, type Clock } from '../../domain/clock.js';
import { DEFAULT_BUNDLE_LIMITS, type BundleLimits } from '../bundle/members.js';
import { LastGood } from './last-good.js';
import { PathFetcher } from './path.js';
import { SourcePoller } from './poller.js';
import { ServerFetcher, type ServerOptions } from './server.js';
import type { BundleSource } from './source.js';

/** Where bundles come from, as configured. */
export type SourceSettings =
  | {
      /** A bundle folder or tar.gz. */
      readonly path: string;
      /** Milliseconds between two looks; a second by default. */
      readonly intervalMs?: number;
    }
  | {
      readonly server: Omit<ServerOptions, 'maxBytes' | 'random'>;
      /** Folder in which the last good bundle is kept; absent: it is not. */
      readonly keepIn?: string;
    };

export interface SourceOptions {
  /** False: only `start` and `checkNow` look. True by default. */
  readonly watch?: boolean;
  readonly limits?: BundleLimits;
  readonly clock?: Clock;
  /** Told once of what is wrong with the source, and when the bundle cannot be kept on disk. */
  readonly onProblem?: (problem: Error) => void;
  /** For pauses. */
  readonly random?: () => number;
}

const LOOK_INTERVAL_MS = 1000;

/** A source that has not looked yet. */
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
  // The whole URL: its query may say which bundle it is.
  const lastGood = new LastGood(settings.keepIn, settings.server.url, maxBytes);
  return new SourcePoller({ fetcher, lastGood, ...more });
}
