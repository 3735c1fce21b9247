import { drawAgent } from './agent.js';
import { compromise } from './attacks.js';
import { addBackground } from './background.js';
import { liveDays } from './benign.js';
import { randomOf } from './random.js';
import {
  EVIDENCE_KINDS,
  USAGE_KINDS,
  type AttackKind,
  type GeneratedAgent,
  type Workload,
} from './types.js';

/** Draws between two agents' seeds: primes, so that no two agents of the first thousands of seeds share one. */
const SEED_STEP = 100_003;
const AGENT_STEP = 7919;
/** The innocent evidence of an agent is drawn from separate numbers. */
const BACKGROUND_STEP = 2 ** 31;

/** The first agents are compromised by what they ask for, half as many after them by the other kinds. */
function kindOf({ agents, compromisedShare }: Workload, number: number): AttackKind | undefined {
  const usage = Math.round(agents * compromisedShare);
  if (number < usage) return USAGE_KINDS[number % USAGE_KINDS.length];
  const evidence = number - usage;
  return evidence < Math.round(usage / 2)
    ? EVIDENCE_KINDS[evidence % EVIDENCE_KINDS.length]
    : undefined;
}

/** The events of one agent: they follow from workload and number, whatever the other agents do. */
export function generateAgent(workload: Workload, number: number): GeneratedAgent {
  const seed = workload.seed * SEED_STEP + number * AGENT_STEP + 1;
  const random = randomOf(seed);
  const kind = kindOf(workload, number);
  // Only these two are ever away for hours.
  const only = kind === 'off_hours' ? (['office', 'cron'] as const) : undefined;
  const agent = drawAgent(`agent-${number}`, random, workload, only);
  const days = workload.warmUpDays + workload.testDays;
  liveDays(agent, days);
  const done = kind === undefined ? undefined : compromise(agent, kind, workload);
  addBackground(agent, randomOf(seed + BACKGROUND_STEP), days);
  const events = agent.events.sort((a, b) => a.atMs - b.atMs);
  const misuses = agent.misuses.sort((a, b) => a.atMs - b.atMs);
  const { id, pattern } = agent;
  return { id, pattern, events, misuses, ...(done === undefined ? {} : { compromise: done }) };
}

/** A whole fleet, agent by agent. */
export function generateFleet(workload: Workload): GeneratedAgent[] {
  return Array.from({ length: workload.agents }, (_, number) => generateAgent(workload, number));
}
