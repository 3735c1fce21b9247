import type { LogResult } from './logs/measure.js';
import type { Recall } from './metrics/recall.js';
import type { Options } from './options.js';
import type { DetectorSummary, Lost, Shipped } from './summary.js';
import type { Target } from './targets.js';
import type { Drift } from './tasks.js';
import type { Worth } from './worth.js';

/** What a run found: printed as JSON, and what the page and the plots are made of. */
export interface Report {
  readonly at: string;
  readonly machine: string;
  readonly seconds: number;
  readonly options: Options;
  readonly targets: readonly Target[];
  readonly detectors: readonly DetectorSummary[];
  readonly shipped: readonly Shipped[];
  /** Recall of the score at one false alert a month, for attackers of either timing. */
  readonly timing: Readonly<Record<string, Recall>>;
  readonly ablation: readonly Lost[];
  readonly worth: readonly Worth[];
  readonly drift: (Drift & { readonly days: { warmUp: number; test: number } }) | undefined;
  readonly logs: readonly LogResult[];
}
