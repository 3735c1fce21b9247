import { anyTrap, endTask, type Agent } from './agent.js';
import { BENIGN, MINUTE_MS } from './parameters.js';
import type { Random } from './random.js';
import type { GeneratedEvent } from './types.js';

/**
 * Innocent evidence: traps named by mistake, tasks that an operator ends, and introspections that went astray. Drawn
 * from separate numbers, so that the agent's other requests are those it would have without.
 */
export function addBackground(agent: Agent, random: Random, days: number): void {
  const { events, misuses } = agent;
  const now = (chanceADay: number, happen: (event: GeneratedEvent) => void): void => {
    for (let left = random.poisson(chanceADay * days); left > 0; left--) {
      const own = events.filter(
        ({ malicious, revokedMs }) => !malicious && revokedMs === undefined,
      );
      if (own.length > 0) happen(random.pick(own));
    }
  };

  now(BENIGN.mistakenTrapChanceADay, (event) => {
    events.push({ ...event, scope: anyTrap(random), denied: true, honey: true });
  });
  now(BENIGN.misroutedChanceADay, ({ atMs }) => {
    const laterMs = Math.floor(random.between(BENIGN.misroutedMinutes) * MINUTE_MS);
    misuses.push({ atMs: atMs + laterMs, caller: 'misrouted', malicious: false });
  });
  now(BENIGN.endedTaskChanceADay, (event) => {
    endTask(agent, event);
    let { atMs } = event;
    for (let left = random.whole(BENIGN.endedTaskRetries); left > 0; left--) {
      atMs += Math.floor(random.exponential(BENIGN.endedTaskRetrySeconds * 1000));
      events.push({ ...event, atMs, denied: true, revokedMs: event.atMs });
    }
  });
}
