import { expect } from 'chai';
import { expectedRequests } from '../../../src/signals/model/profile.js';
import { Agent, chance, DAY_MS, HOUR_MS, MONDAY_MS, officeAgent } from './agent-days.js';

const STEP_UP = 0.8;
const QUARANTINE = 0.95;
const WEEK_4 = MONDAY_MS + 21 * DAY_MS;

describe('what the score learns', () => {
  it('is the hours of the agent: expected by day, not at night, not at the weekend', () => {
    const { agent } = officeAgent(1);
    const at = (hour: number) => expectedRequests(agent.state.profile, hour);
    expect(at(10)).to.be.within(0.7, 1.4);
    expect(at(3)).to.be.below(0.1);
    expect(at(24 + 10)).to.be.below(0.1);
  });

  it('stays quiet on ordinary days', () => {
    for (const seed of [1, 2, 3, 4]) {
      const { agent, random } = officeAgent(seed);
      for (let day = 0; day < 5; day++) agent.day(WEEK_4 + day * DAY_MS, 60, random);
      expect(agent.highest, String(seed)).to.be.below(STEP_UP);
    }
  });

  it('survives daylight saving: an hour earlier or later raises no alarm', () => {
    for (const shift of [-1, 1]) {
      const { agent, random } = officeAgent(5);
      for (let day = 0; day < 5; day++) {
        agent.day(WEEK_4 + day * DAY_MS, 60, random, 8 + shift, 18 + shift);
      }
      expect(agent.highest, String(shift)).to.be.below(STEP_UP);
    }
  });

  it('survives three idle weeks: the hours are still known, and coming back is no alarm', () => {
    const { agent, random } = officeAgent(6);
    const before = expectedRequests(agent.state.profile, 10);
    const back = WEEK_4 + 21 * DAY_MS;
    for (let day = 0; day < 5; day++) agent.day(back + day * DAY_MS, 60, random);
    expect(agent.highest).to.be.below(STEP_UP);
    expect(expectedRequests(agent.state.profile, 10)).to.be.within(before * 0.7, before * 1.3);
    const night = agent.ask(back + 8 * DAY_MS + 3 * HOUR_MS);
    expect(night.terms.find(({ name }) => name === 'activity_2h')?.expected).to.be.below(0.5);
  });

  it('is winsorised: one enormous cell teaches no more than a large one', () => {
    const taught = (count: number): number => {
      const { agent } = officeAgent(7);
      const at = WEEK_4 + 10 * HOUR_MS;
      for (let i = 0; i < count; i++) agent.ask(at + i);
      agent.state.cell.hot = false;
      agent.ask(at + 2 * HOUR_MS);
      return expectedRequests(agent.state.profile, 10);
    };
    expect(taught(5000)).to.be.closeTo(taught(500), 1e-9);
    expect(taught(5000)).to.be.below(2 * taught(1));
  });

  it('stops while the score is high: a burst teaches nothing at all', () => {
    const { agent } = officeAgent(8);
    const at = WEEK_4 + 10 * HOUR_MS;
    const before = structuredClone(agent.state.profile);
    for (let i = 0; i < 400; i++) agent.ask(at + i * 500, { scope: `new-${String(i)}` });
    expect(agent.highest).to.be.above(STEP_UP);
    agent.ask(at + 15 * 60_000);
    expect(agent.state.profile.requests[10]).to.equal(before.requests[10]);
    expect(agent.state.shares.newScopes).to.be.below(0.05);
  });

  it('cannot be ramped up unseen: 10 % more each day alarms before it is three times as much', () => {
    for (const [seed, perDay] of [
      [11, 40],
      [12, 60],
      [13, 150],
      [14, 400],
    ] as const) {
      const { agent, random } = officeAgent(seed, perDay);
      let factor = 1;
      for (let day = 0; agent.highest < STEP_UP && factor < 3; day++) {
        factor = 1.1 ** day;
        if (day % 7 < 5) agent.day(WEEK_4 + day * DAY_MS, perDay * factor, random);
      }
      expect(agent.highest, `${String(perDay)} a day`).to.be.at.least(STEP_UP);
      expect(factor, `${String(perDay)} a day`).to.be.below(3);
    }
  });
});

describe('an agent that is cold', () => {
  it('is not quarantined in its first twelve hours', () => {
    const agent = new Agent();
    for (let i = 0; i < 2000; i++) {
      const { anomaly, learning } = agent.ask(MONDAY_MS + i * 1000, { scope: `s${String(i)}` });
      expect(learning).to.equal(true);
      expect(anomaly).to.be.at.most(0.5);
    }
  });

  it('is, for honey scopes, from its first request on', () => {
    const agent = new Agent();
    const scores = [0, 1, 2].map((at) => agent.ask(MONDAY_MS + at, { honey: 1 }).anomaly);
    expect(scores[1]).to.be.at.least(STEP_UP);
    expect(scores[2]).to.be.at.least(QUARANTINE);
  });

  it('is watched after that, but not quarantined in its first week', () => {
    const agent = new Agent();
    const random = chance(21);
    for (let day = 0; day < 3; day++) agent.day(MONDAY_MS + day * DAY_MS, 60, random);
    const at = MONDAY_MS + 3 * DAY_MS + 10 * HOUR_MS;
    for (let i = 0; i < 60; i++) agent.ask(at + i * 2000, { scope: `probe-${String(i)}` });
    expect(agent.highest).to.be.within(STEP_UP, QUARANTINE - 0.01);
  });
});
