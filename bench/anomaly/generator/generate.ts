import { drawAgent } from './agent.js';
import { compromise } from './attacks.js';
import { liveDays } from './benign.js';
import { randomOf } from './random.js';
import { ATTACK_KINDS, type GeneratedAgent, type Workload } from './types.js';

/** Draws between two agents' seeds: primes, so that no two agents of the first thousands of seeds share one. */
const SEED_STEP = 100_003;
const AGENT_STEP = 7919;

/** The events of one agent. The same workload and number give the same events, whatever the other agents do. */
export function generateAgent(workload: Workload, number: number): GeneratedAgent {
  const random = randomOf(workload.seed * SEED_STEP + number * AGENT_STEP + 1);
  const compromised = number < Math.round(workload.agents * workload.compromisedShare);
  const kind = ATTACK_KINDS[number % ATTACK_KINDS.length];
  // Only these two are ever away for hours.
  const only = compromised && kind === 'off_hours' ? (['office', 'cron'] as const) : undefined;
  const agent = drawAgent(`agent-${number}`, random, workload, only);
  liveDays(agent, workload.warmUpDays + workload.testDays);
  const done = compromised && kind !== undefined ? compromise(agent, kind, workload) : undefined;
  const events = agent.events.sort((a, b) => a.atMs - b.atMs);
  const { id, pattern } = agent;
  return { id, pattern, events, ...(done === undefined ? {} : { compromise: done }) };
}

/** A whole fleet, agent by agent. */
export function generateFleet(workload: Workload): GeneratedAgent[] {
  return Array.from({ length: workload.agents }, (_, number) => generateAgent(workload, number));
}
