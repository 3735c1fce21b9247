import { clientAt, ownScope } from './agent.js';
import { moments, type Attack, type Span } from './attack-times.js';
import { BENIGN, MINUTE_MS } from './parameters.js';
import type { GeneratedEvent } from './types.js';

type Ask = (attack: Attack, atMs: number) => void;

/** Requests for the agent's own scopes. */
export function own(attack: Attack, span: Span, count: number, ask: Ask = addOwn): void {
  for (const atMs of moments(attack, span, count)) ask(attack, atMs);
}

/** Adds to each of the agent's requests a share of one more, a little later; in sessions, a whole one now and then. */
export function shadow(
  attack: Attack,
  { fromMs, toMs }: Span,
  lagMinutes: number,
  shareAt: (atMs: number) => number,
  ask: Ask = addOwn,
): void {
  const { agent, timing } = attack;
  const { random, sessionRequests } = agent;
  const size = timing === 'even' ? 1 : sessionRequests;
  for (const { atMs } of [...agent.events]) {
    if (atMs < fromMs || atMs >= toMs) continue;
    const sessions = random.poisson(shareAt(atMs) / size);
    for (let at = 0; at < sessions; at++) {
      let extraMs = atMs + random.exponential(lagMinutes * MINUTE_MS);
      const requests = timing === 'even' ? 1 : 1 + random.poisson(size - 1);
      for (let n = 0; n < requests; n++) {
        ask(attack, Math.min(toMs - 1, extraMs));
        extraMs += random.exponential(BENIGN.sessionGapSeconds * 1000);
      }
    }
  }
}

export function takeAny(
  { agent }: Attack,
  asked: (readonly [string, string])[],
): readonly [string, string] {
  const at = agent.random.whole([0, asked.length - 1]);
  const [taken] = asked.splice(at, 1);
  if (taken === undefined) throw new RangeError('more times than requests');
  return taken;
}

/** Asks again for what the agent has asked for before a time, and so for nothing new. */
export function repeating(
  { agent }: Attack,
  beforeMs: number,
  more: Pick<GeneratedEvent, 'revokedMs'> = {},
): Ask {
  const known = agent.events.filter(({ atMs }) => atMs <= beforeMs);
  return (attack, atMs) => {
    const { random, deniedShare } = attack.agent;
    const { resource, scope } = known.length === 0 ? ownScope(attack.agent) : random.pick(known);
    const denied = more.revokedMs !== undefined || random.chance(deniedShare);
    add(attack, atMs, resource, scope, denied, more);
  };
}

function addOwn(attack: Attack, atMs: number): void {
  const { resource, scope } = ownScope(attack.agent);
  add(attack, atMs, resource, scope, attack.agent.random.chance(attack.agent.deniedShare));
}

export function add(
  { agent, foreign }: Attack,
  atMs: number,
  resource: string,
  scope: string,
  denied: boolean,
  more: Pick<GeneratedEvent, 'honey' | 'revokedMs'> = {},
): void {
  const client = foreign ? 'foreign' : clientAt(agent, atMs);
  agent.events.push({
    ...{ atMs: Math.floor(atMs), resource, scope, client, denied, malicious: true },
    ...more,
  });
}
