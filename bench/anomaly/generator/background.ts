import { anyTrap, type Agent } from './agent.js';
import { BENIGN, MINUTE_MS } from './parameters.js';
import type { Random } from './random.js';
import type { GeneratedEvent } from './types.js';

/**
 * Innocent evidence: traps named by mistake, tasks that an operator ends, and introspections that went astray. Drawn
 * from numbers of its own, so that the agent's requests are those it would have without.
 */
export function addBackground(agent: Agent, random: Random, days: number): void {
  const own = agent.events.filter(({ malicious }) => !malicious);
  if (own.length === 0) return;
  const now = (chanceADay: number): GeneratedEvent[] =>
    Array.from({ length: random.poisson(chanceADay * days) }, () => random.pick(own));

  for (const event of now(BENIGN.mistakenTrapChanceADay)) {
    agent.events.push({ ...event, scope: anyTrap(random), denied: true, honey: true });
  }
  for (const event of now(BENIGN.endedTaskChanceADay)) endTask(agent, random, event);
  for (const { atMs } of now(BENIGN.misroutedChanceADay)) {
    const laterMs = Math.floor(random.between(BENIGN.misroutedMinutes) * MINUTE_MS);
    agent.misuses.push({ atMs: atMs + laterMs, caller: 'misrouted', malicious: false });
  }
}

/** An operator ends the task of a request; the agent tries that again. Its other tasks go on. */
function endTask({ events }: Agent, random: Random, event: GeneratedEvent): void {
  const revokedMs = event.atMs;
  let atMs = revokedMs;
  for (let left = random.whole(BENIGN.endedTaskRetries); left > 0; left--) {
    atMs += Math.floor(random.exponential(BENIGN.endedTaskRetrySeconds * 1000));
    events.push({ ...event, atMs, denied: true, revokedMs });
  }
}
