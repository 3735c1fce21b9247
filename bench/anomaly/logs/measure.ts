import { countersign, NAME, sumOf } from '../detectors/countersign.js';
import { midasF, midasR } from '../detectors/edges.js';
import { ewma } from '../detectors/ewma.js';
import { rateLimit } from '../detectors/rate-limit.js';
import type { Variant } from '../detectors/variant.js';
import { averagePrecision, rocAreas } from '../metrics/precision-recall.js';
import { meanOf } from '../metrics/recall.js';
import { readDarpa } from './darpa.js';
import { readFail2ban } from './fail2ban.js';
import type { LabelledLog } from './log.js';

export interface LogDetector {
  readonly detector: string;
  readonly setting: string;
  /** Over all events, and the mean over the types of attack, each against all innocent events. */
  readonly rocAuc: number;
  readonly rocAucOverTypes: number;
  readonly prAuc: number;
  /** At the shipped step-up threshold; the other detectors have none. */
  readonly recall?: number;
  readonly precision?: number;
}

export interface LogResult {
  readonly name: LogName;
  /** Why it was not measured. */
  readonly skipped?: string;
  readonly events: number;
  readonly malicious: number;
  readonly agents: number;
  readonly types: number;
  readonly detectors: readonly LogDetector[];
}

const READERS = { fail2ban: readFail2ban, "DARPA'98": readDarpa };
export type LogName = keyof typeof READERS;
export const LOG_NAMES = Object.keys(READERS) as readonly LogName[];

/** Scores one real log with every detector. One that is not available is reported and fails nothing. */
export async function measureLog(name: LogName, stepUp: number): Promise<LogResult> {
  try {
    return measured(name, await READERS[name](), stepUp);
  } catch (error) {
    const skipped = causeOf(error);
    return { ...{ name, skipped, events: 0, malicious: 0, agents: 0, types: 0 }, detectors: [] };
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function measured(name: LogName, log: LabelledLog, stepUp: number): LogResult {
  const { fleet } = log;
  const types = log.types.flat();
  const [whole] = countersign(fleet);
  const others = [ewma, midasR, midasF, rateLimit].map((detector) =>
    best([...judgedAll(detector(fleet), types)]),
  );
  const ours =
    whole === undefined ? [] : [{ ...judged(whole, types), ...at(whole, types, stepUp) }];
  return {
    ...{ name, events: types.length, agents: fleet.length },
    malicious: types.filter((type) => type !== '').length,
    types: new Set(types).size - 1,
    detectors: [...ours, ...others],
  };
}

function* judgedAll(variants: Iterable<Variant>, types: readonly string[]): Iterable<LogDetector> {
  for (const variant of variants) yield judged(variant, types);
}

const best = (settings: readonly LogDetector[]): LogDetector =>
  settings.reduce((a, b) => (b.rocAuc > a.rocAuc ? b : a));

function flat(scores: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(scores.reduce((sum, { length }) => sum + length, 0));
  let next = 0;
  for (const part of scores) {
    all.set(part, next);
    next += part.length;
  }
  return all;
}

function judged({ detector, setting, scores }: Variant, types: readonly string[]): LogDetector {
  const all = flat(scores);
  const areas = rocAreas(all, types);
  return {
    ...{ detector, setting: detector === NAME ? 'as shipped' : setting },
    rocAuc: areas.overall,
    rocAucOverTypes: meanOf([...areas.byType.values()]),
    prAuc: averagePrecision(
      all,
      types.map((type) => type !== ''),
    ),
  };
}

/** What the step-up threshold would have seen, and how much of what it saw was an attack. */
function at(
  { scores }: Variant,
  types: readonly string[],
  stepUp: number,
): { recall: number; precision?: number } {
  let [alerts, found, malicious] = [0, 0, 0];
  flat(scores).forEach((score, number) => {
    const attack = types[number] !== '';
    const alert = score >= sumOf(stepUp);
    if (attack) malicious++;
    if (alert) alerts++;
    if (alert && attack) found++;
  });
  const precision = alerts === 0 ? {} : { precision: found / alerts };
  return { recall: found / Math.max(malicious, 1), ...precision };
}
