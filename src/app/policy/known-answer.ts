import type { Logger } from '../../domain/logger.js';
import type { EngineCounters } from '../../policy/serving/counters.js';
import type { PolicyEngine } from '../../policy/serving/engine.js';
import { every } from '../periodic.js';

/** How often the known answer of each bundle is checked. */
const KNOWN_ANSWER_EVERY_MS = 3000;

type Watched = Pick<PolicyEngine, 'checkKnownAnswers' | 'counters'>;

/** Checks known answers at each call, and logs what changed since the last one. */
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
      log.error({}, 'known answer of the active bundle missed twice in a row; nothing is decided');
    } else if (failing && !now.knownAnswerFailing) {
      log.info({}, 'known answer of the active bundle given again');
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

/** Checks every few seconds until it is stopped. */
export function startKnownAnswerChecks(
  engine: Watched,
  log: Logger,
): { stop(): Promise<void>; now(): void } {
  const now = knownAnswerWatch(engine, log);
  const task = every(KNOWN_ANSWER_EVERY_MS, 'known answer', log, () => {
    now();
    return Promise.resolve();
  });
  return { now, stop: () => task.stop() };
}

/** Why a node cannot decide, by the state of its engine; undefined when it can. */
export function engineProblem({
  breakerOpen,
  knownAnswerFailing,
}: Pick<EngineCounters, 'breakerOpen' | 'knownAnswerFailing'>): string | undefined {
  if (knownAnswerFailing) return 'the known answer of the active bundle missed twice in a row';
  return breakerOpen ? 'evaluations are too slow' : undefined;
}

/** What an operator must know of a node that decides; undefined when there is nothing. */
export function engineAlarm({
  activeRefusals,
}: Pick<EngineCounters, 'activeRefusals'>): string | undefined {
  if (activeRefusals.length === 0) return undefined;
  return `the active bundle would be refused now: ${activeRefusals.join('; ')}`;
}
