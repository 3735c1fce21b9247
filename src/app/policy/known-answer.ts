import type { Logger } from '../../domain/logger.js';
import type { EngineCounters } from '../../policy/serving/counters.js';
import type { PolicyEngine } from '../../policy/serving/engine.js';
import { runPeriodically } from '../periodic.js';

/** Interval between known-answer checks of each bundle, in milliseconds. */
const KNOWN_ANSWER_EVERY_MS = 3000;

type Watched = Pick<PolicyEngine, 'checkKnownAnswers' | 'counters'>;

/** Returns a function that checks known answers and logs changes since its last call. */
function knownAnswerWatch(engine: Watched, log: Logger): () => void {
  let misses = 0;
  let failing = false;
  let refusals = '';
  return () => {
    engine.checkKnownAnswers();
    const now = engine.counters();
    if (now.knownAnswerMisses > misses) {
      const missed = now.knownAnswerMisses - misses;
      log.warn({ missed }, 'known answer of a policy bundle missed; instance rebuilt');
    }
    if (now.knownAnswerFailing && !failing) {
      log.error({}, 'known answer of the active bundle missed twice in a row; decisions stopped');
    } else if (failing && !now.knownAnswerFailing) {
      log.info({}, 'known answer of the active bundle correct again');
    }
    const refused = now.activeRefusals.join('; ');
    if (refused !== '' && refused !== refusals) {
      log.error(
        { problems: refused },
        'active bundle would be refused now; keeping it until replaced',
      );
    }
    misses = now.knownAnswerMisses;
    failing = now.knownAnswerFailing;
    refusals = refused;
  };
}

/** Checks every few seconds until stopped. */
export function startKnownAnswerChecks(
  engine: Watched,
  log: Logger,
): { stop(): Promise<void>; now(): void } {
  const now = knownAnswerWatch(engine, log);
  const task = runPeriodically(KNOWN_ANSWER_EVERY_MS, 'known answer', log, () => {
    now();
    return Promise.resolve();
  });
  return { now, stop: () => task.stop() };
}

/** Returns why the engine of a node cannot decide; undefined when it can. */
export function engineProblem({
  breakerOpen,
  knownAnswerFailing,
}: Pick<EngineCounters, 'breakerOpen' | 'knownAnswerFailing'>): string | undefined {
  if (knownAnswerFailing) return 'the known answer of the active bundle missed twice in a row';
  return breakerOpen ? 'evaluations are too slow' : undefined;
}

/** Returns the warning for operators of a deciding node; undefined when there is none. */
export function engineAlarm({
  activeRefusals,
}: Pick<EngineCounters, 'activeRefusals'>): string | undefined {
  if (activeRefusals.length === 0) return undefined;
  return `the active bundle would be refused now: ${activeRefusals.join('; ')}`;
}
