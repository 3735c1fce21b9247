import { expect } from 'chai';
import { scoreAgent } from '../../../../bench/anomaly/detectors/countersign.js';
import { generateAgent, generateFleet } from '../../../../bench/anomaly/generator/generate.js';
import { ATTACKS, HOUR_MS, MINUTE_MS } from '../../../../bench/anomaly/generator/parameters.js';
import type {
  AttackKind,
  GeneratedAgent,
  GeneratedEvent,
  Workload,
} from '../../../../bench/anomaly/generator/types.js';

const WORKLOAD: Workload = {
  ...{ seed: 5, agents: 160, warmUpDays: 7, testDays: 7, compromisedShare: 0.25 },
};

const bad = ({ events }: GeneratedAgent): GeneratedEvent[] =>
  events.filter(({ malicious }) => malicious);
const within = (value: number, [least, most]: readonly [number, number]): void => {
  expect(value).to.be.at.least(least).and.at.most(most);
};

describe('compromises that hardly show in what is asked for', () => {
  const fleet = generateFleet(WORKLOAD);
  const of = (kind: AttackKind): GeneratedAgent[] => {
    const found = fleet.filter(({ compromise }) => compromise?.kind === kind);
    expect(found).to.have.lengthOf(5);
    return found;
  };

  it('are equal for equal seeds', () => {
    for (const number of [40, 41, 42, 43]) {
      expect(generateAgent(WORKLOAD, number)).to.deep.equal(fleet[number]);
    }
  });

  it("honey: one to three traps of the agent's resources in an hour, all denied", () => {
    for (const agent of of('honey')) {
      const traps = bad(agent).filter(({ honey }) => honey === true);
      within(traps.length, ATTACKS.honey.traps);
      expect(traps.every(({ denied, scope }) => denied && scope.startsWith('trap-'))).to.equal(
        true,
      );
      const times = traps.map(({ atMs }) => atMs);
      expect(Math.max(...times) - Math.min(...times)).to.be.at.most(HOUR_MS);
      const resources = new Set(agent.events.flatMap((e) => (e.malicious ? [] : [e.resource])));
      for (const { resource } of traps) expect(resources).to.include(resource);
    }
  });

  it('passed on: strangers ask about its tokens, and it asks for nothing more', () => {
    for (const agent of of('passed_on')) {
      expect(bad(agent)).to.have.lengthOf(0);
      const misuses = (agent.misuses ?? []).filter(({ malicious }) => malicious);
      within(misuses.length, ATTACKS.passed_on.introspections);
      within(new Set(misuses.map(({ caller }) => caller)).size, ATTACKS.passed_on.servers);
      for (const { atMs } of misuses) {
        within(atMs - (agent.compromise?.fromMs ?? 0), [
          0,
          ATTACKS.passed_on.withinMinutes * MINUTE_MS,
        ]);
      }
    }
  });

  it('revoked: asks again within a quarter of an hour after the revocation', () => {
    for (const agent of of('revoked')) {
      const again = bad(agent);
      within(again.length, ATTACKS.revoked.requests);
      for (const { atMs, revokedMs, denied } of again) {
        expect([revokedMs, denied]).to.deep.equal([agent.compromise?.fromMs, true]);
        within(atMs - (revokedMs ?? 0), [0, 15 * MINUTE_MS]);
      }
    }
  });

  it('stolen: from another client, for scopes the agent uses', () => {
    for (const agent of of('stolen')) {
      const own = new Set(
        agent.events.flatMap((e) => (e.malicious ? [] : [`${e.resource} ${e.scope}`])),
      );
      expect(bad(agent).length).to.be.at.least(ATTACKS.stolen.leastRequests);
      for (const { client, resource, scope } of bad(agent)) {
        expect(client).to.equal('foreign');
        expect(own).to.include(`${resource} ${scope}`);
      }
    }
  });
});

describe('innocent evidence', () => {
  const benign = generateFleet({ ...WORKLOAD, agents: 400, compromisedShare: 0 });
  const events = benign.flatMap((agent) => agent.events);
  // 400 agents and 14 days: 5,600 agent-days.
  it('has traps named by mistake, rarely', () => {
    expect(events.filter(({ honey }) => honey === true).length).to.be.within(8, 32);
  });

  it('has tasks that are ended, and one or two retries of each', () => {
    const retries = new Map<string, number>();
    for (const agent of benign) {
      for (const { revokedMs, task } of agent.events) {
        if (revokedMs === undefined) continue;
        // Nothing else of the task comes after it was ended.
        const later = agent.events.filter((e) => e.task === task && e.atMs > revokedMs);
        expect(later.every((e) => e.revokedMs === revokedMs)).to.equal(true);
        const key = `${agent.id} ${revokedMs}`;
        retries.set(key, (retries.get(key) ?? 0) + 1);
      }
    }
    expect(retries.size).to.be.within(60, 130);
    for (const count of retries.values()) within(count, [1, 2]);
  });

  it('has introspections that went astray, one at a time', () => {
    const misuses = benign.flatMap((agent) => agent.misuses ?? []);
    expect(misuses.length).to.be.within(8, 32);
    expect(misuses.every(({ malicious }) => !malicious)).to.equal(true);
  });
});

describe('misuse in the score', () => {
  const at = (hour: number): GeneratedEvent => ({
    ...{ atMs: hour * HOUR_MS, resource: 'r', scope: 's', client: 'c' },
    ...{ denied: false, malicious: false },
  });
  const usual = Array.from({ length: 24 * 14 }, (_, hour) => at(hour));
  const last = (misuses: GeneratedAgent['misuses'] = []): number =>
    scoreAgent({ id: 'a', pattern: 'cron', events: usual, misuses }).sums.at(-1) ?? NaN;
  const misuse = (minutes: number, caller: string) => ({
    ...{ atMs: (24 * 14 - 2) * HOUR_MS + minutes * MINUTE_MS, caller, malicious: true },
  });

  it('shows in the requests after it, a caller once an hour', () => {
    const one = last([misuse(10, 'x')]);
    expect(one).to.be.above(last() + 1);
    expect(last([misuse(10, 'x'), misuse(20, 'x')])).to.equal(one);
    expect(last([misuse(10, 'x'), misuse(20, 'y')])).to.be.above(one + 1);
  });
});
