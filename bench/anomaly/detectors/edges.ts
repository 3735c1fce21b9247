import { MINUTE_MS } from '../generator/parameters.js';
import type { GeneratedAgent, GeneratedEvent } from '../generator/types.js';
import { midasFiltering, midasRelational, type Midas } from './midas.js';
import type { Detector, Variant } from './variant.js';

/** What an edge leads to: a resource, or a scope of a resource. */
const DESTINATIONS = {
  resource: ({ resource }: GeneratedEvent) => resource,
  scope: ({ resource, scope }: GeneratedEvent) => `${resource} ${scope}`,
};
type Destination = keyof typeof DESTINATIONS;

interface Setting {
  readonly tickMinutes: number;
  readonly destination: Destination;
  readonly factor: number;
  /** Of MIDAS-F alone. */
  readonly threshold?: number;
}

const TICKS_AND_DESTINATIONS = [1, 10].flatMap((tickMinutes) =>
  (['resource', 'scope'] as const).map((destination) => ({ tickMinutes, destination })),
);

/** The authors' decay factor, and a slower one. */
const R_SETTINGS: readonly Setting[] = TICKS_AND_DESTINATIONS.flatMap((setting) =>
  [0.5, 0.9].map((factor) => ({ ...setting, factor })),
);

/** The authors' threshold for what is kept out of the totals, and a hundred times that. */
const F_SETTINGS: readonly Setting[] = TICKS_AND_DESTINATIONS.flatMap((setting) =>
  [1000, 100_000].map((threshold) => ({ ...setting, factor: 0.5, threshold })),
);

export const midasR: Detector = (fleet) =>
  run(fleet, 'MIDAS-R', R_SETTINGS, ({ factor }) => midasRelational(factor));
export const midasF: Detector = (fleet) =>
  run(fleet, 'MIDAS-F', F_SETTINGS, ({ factor, threshold = 1000 }) =>
    midasFiltering(factor, threshold),
  );

/** All events of the fleet in order of time, as numbers of agent and event. */
export function inOrder(fleet: readonly GeneratedAgent[]): {
  agents: Uint16Array;
  events: Uint32Array;
} {
  const count = fleet.reduce((sum, { events }) => sum + events.length, 0);
  const [agentOf, eventOf] = [new Uint16Array(count), new Uint32Array(count)];
  const atMs = new Float64Array(count);
  let next = 0;
  fleet.forEach(({ events }, agent) => {
    events.forEach((event, number) => {
      agentOf[next] = agent;
      eventOf[next] = number;
      atMs[next++] = event.atMs;
    });
  });
  const order = new Uint32Array(count).map((_, at) => at);
  order.sort((a, b) => (atMs[a] ?? 0) - (atMs[b] ?? 0) || a - b);
  const pick = (from: ArrayLike<number>) => (at: number) => from[at] ?? 0;
  return {
    agents: Uint16Array.from(order, pick(agentOf)),
    events: Uint32Array.from(order, pick(eventOf)),
  };
}

/** Numbers things in the order in which they are first seen. */
function numbering(): (key: string) => number {
  const numbers = new Map<string, number>();
  return (key) => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  };
}

function* run(
  fleet: readonly GeneratedAgent[],
  detector: string,
  settings: readonly Setting[],
  scorerOf: (setting: Setting) => Midas,
): Iterable<Variant> {
  const order = inOrder(fleet);
  for (const setting of settings) {
    const { tickMinutes, destination, factor, threshold } = setting;
    const kept = threshold === undefined ? '' : `, threshold ${threshold}`;
    yield {
      detector,
      setting: `${tickMinutes} min, agent to ${destination}, decay ${factor}${kept}`,
      scores: scoreEdges(fleet, order, setting, scorerOf(setting)),
    };
  }
}

function scoreEdges(
  fleet: readonly GeneratedAgent[],
  order: ReturnType<typeof inOrder>,
  { tickMinutes, destination }: Setting,
  scorer: Midas,
): Float32Array[] {
  const scores = fleet.map(({ events }) => new Float32Array(events.length));
  const startMs = Math.min(...fleet.map(({ events }) => events[0]?.atMs ?? Infinity));
  const [destinations, edges] = [numbering(), numbering()];
  order.agents.forEach((agent, at) => {
    const number = order.events[at] ?? 0;
    const event = fleet[agent]?.events[number];
    const mine = scores[agent];
    if (event === undefined || mine === undefined) return;
    const name = DESTINATIONS[destination](event);
    const tick = Math.floor((event.atMs - startMs) / (tickMinutes * MINUTE_MS)) + 1;
    mine[number] = scorer.score(agent, destinations(name), edges(`${agent} ${name}`), tick);
  });
  return scores;
}
