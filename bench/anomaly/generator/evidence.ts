import { anyTrap, endTask } from './agent.js';
import { add, own, repeating, shadow } from './attack-requests.js';
import {
  anyRequest,
  atWork,
  lengthMs,
  moments,
  spanOf,
  usualAMinute,
  type Attack,
  type Span,
} from './attack-times.js';
import { ATTACKS, HOUR_MS, MINUTE_MS } from './parameters.js';
import type { EVIDENCE_KINDS } from './types.js';

type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** Compromises that hardly show in what is asked for. Each begins while the agent is at work. */
export const EVIDENCE_ATTACK: Readonly<Record<EvidenceKind, (attack: Attack) => Span>> = {
  honey(attack) {
    const { random, resources } = attack.agent;
    const { traps, factor, hours } = ATTACKS.honey;
    const span = spanOf(atWork(attack), hours * HOUR_MS);
    const rate = factor * usualAMinute(attack.agent);
    const count = random.poisson((rate * lengthMs(span)) / MINUTE_MS);
    own(attack, span, count, repeating(attack, span.fromMs));
    for (const atMs of moments(attack, span, random.whole(traps))) {
      add(attack, atMs, random.pick(resources), anyTrap(random), true, { honey: true });
    }
    return span;
  },
  passed_on(attack) {
    const { random, misuses } = attack.agent;
    const { introspections, servers, withinMinutes, hours } = ATTACKS.passed_on;
    const fromMs = atWork(attack);
    const most = random.whole(servers);
    for (let left = random.whole(introspections); left > 0; left--) {
      const atMs = Math.floor(fromMs + random.uniform() * withinMinutes * MINUTE_MS);
      misuses.push({ atMs, caller: `stranger-${random.whole([1, most])}`, malicious: true });
    }
    return spanOf(fromMs, hours * HOUR_MS);
  },
  revoked(attack) {
    const { random } = attack.agent;
    const { requests, withinMinutes } = ATTACKS.revoked;
    const during = anyRequest(attack);
    if (during !== undefined) endTask(attack.agent, during);
    const revokedMs = during?.atMs ?? attack.fromMs;
    const span = spanOf(revokedMs, withinMinutes * MINUTE_MS);
    own(attack, span, random.whole(requests), repeating(attack, revokedMs, { revokedMs }));
    return span;
  },
  stolen(attack) {
    const { random, events } = attack.agent;
    const { hours, share, lagMinutes, leastRequests } = ATTACKS.stolen;
    const elsewhere = { ...attack, foreign: true };
    const span = spanOf(atWork(attack), random.between(hours) * HOUR_MS);
    const ask = repeating(elsewhere, span.fromMs);
    const before = events.length;
    const more = random.between(share);
    shadow(elsewhere, span, lagMinutes, () => more, ask);
    const missing = leastRequests - (events.length - before);
    if (missing > 0) own(elsewhere, span, missing, ask);
    return span;
  },
};
