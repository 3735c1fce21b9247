import { expect } from 'chai';
import type { Score } from '../../../src/signals/model/observe.js';
import { DAY_MS, HOUR_MS, MONDAY_MS, officeAgent } from './agent-days.js';

const STEP_UP = 0.8;
const QUARANTINE = 0.95;
const WEEK_4 = MONDAY_MS + 21 * DAY_MS;
const MORNING = WEEK_4 + 10 * HOUR_MS;

const topTerm = ({ terms }: Score): string =>
  [...terms].sort((a, b) => b.score - a.score)[0]?.name ?? '';

describe('a compromised agent', () => {
  it('that bursts is stepped up within five minutes', () => {
    const { agent } = officeAgent(31);
    let at = MORNING;
    while (agent.highest < STEP_UP && at < MORNING + HOUR_MS) agent.ask((at += 6000));
    expect(at - MORNING).to.be.at.most(5 * 60_000);
  });

  it('that probes scopes is quarantined within three minutes', () => {
    const { agent } = officeAgent(32);
    let at = MORNING;
    for (let i = 0; agent.highest < QUARANTINE && i < 100; i++) {
      const score = agent.ask((at += 15_000), { scope: `probe-${String(i)}` });
      expect(topTerm(score)).to.equal('new_scopes_60m');
      agent.deny(at);
    }
    expect(at - MORNING).to.be.at.most(3 * 60_000);
  });

  it('that works at night is stepped up within two hours', () => {
    const { agent } = officeAgent(33);
    const night = WEEK_4 + 2 * HOUR_MS;
    let at = night;
    while (agent.highest < STEP_UP && at < night + 4 * HOUR_MS) agent.ask((at += 14 * 60_000));
    expect(at - night).to.be.at.most(2 * HOUR_MS);
  });

  it('that asks for a honey scope is stepped up when it asks again, and the third time quarantined', () => {
    const { agent } = officeAgent(34);
    const scores = [0, 1, 2].map((at) => agent.ask(MORNING + at * 60_000, { honey: 1 }));
    // Once may be a slip: the alarm rings, and the answer is that of any other denial.
    expect(scores[0]?.anomaly).to.be.within(0.5, STEP_UP - 1e-9);
    expect(scores[1]?.anomaly).to.be.within(STEP_UP, QUARANTINE - 1e-9);
    expect(scores[2]?.anomaly).to.be.at.least(QUARANTINE);
    expect(scores.map(topTerm)).to.deep.equal(Array<string>(3).fill('honey_60m'));
  });

  it('with a token that two other resource servers saw is stepped up, and with three is quarantined', () => {
    const { agent } = officeAgent(35);
    expect(agent.misused(MORNING, 1).anomaly).to.be.below(QUARANTINE);
    expect(agent.misused(MORNING + 1000, 1).anomaly).to.be.at.least(STEP_UP);
    expect(agent.misused(MORNING + 2000, 1).anomaly).to.be.at.least(QUARANTINE);
  });

  it('that keeps requesting right after a revocation raises its score; one or two requests do not', () => {
    const { agent } = officeAgent(36);
    const revokedMs = MORNING;
    const scoreOf = (score: Score) =>
      score.terms.find(({ name }) => name === 'after_revocation')?.score ?? NaN;
    expect(scoreOf(agent.ask(MORNING + 1000, { revokedMs }))).to.equal(0);
    expect(scoreOf(agent.ask(MORNING + 2000, { revokedMs }))).to.be.below(0.2);
    let last = 0;
    for (let i = 3; i < 20; i++) last = scoreOf(agent.ask(MORNING + i * 1000, { revokedMs }));
    expect(last).to.be.above(2);
    expect(scoreOf(agent.ask(MORNING + HOUR_MS, { revokedMs }))).to.equal(0);
  });

  it('that continues with another task than the revoked one does not raise it', () => {
    const { agent } = officeAgent(37);
    const revokedMs = MORNING;
    const afterOf = (score: Score): number =>
      score.terms.find(({ name }) => name === 'after_revocation')?.value ?? NaN;
    agent.ask(MORNING + 1000, { revokedMs });
    for (let i = 2; i < 20; i++) expect(afterOf(agent.ask(MORNING + i * 1000))).to.equal(1);
    expect(afterOf(agent.ask(MORNING + 20_000, { revokedMs }))).to.equal(2);
  });

  it('is not quarantined on one kind of evidence, however much of it: many requests, many new scopes, many denials', () => {
    const volume = officeAgent(39).agent;
    for (let i = 0; i < 3000; i++) volume.ask(MORNING + i * 500);
    const novelty = officeAgent(40).agent;
    for (let i = 0; i < 12; i++) novelty.ask(MORNING + i * 300_000, { scope: `new-${String(i)}` });
    const denials = officeAgent(41).agent;
    for (let i = 0; i < 200; i++) denials.deny(MORNING + i * 5000);
    for (const { highest } of [volume, novelty, denials]) {
      expect(highest).to.be.within(STEP_UP, QUARANTINE - 1e-9);
    }
  });

  it('says why: each term with what was counted, what was expected and what it weighs', () => {
    const { agent } = officeAgent(37);
    for (let i = 0; i < 5; i++) agent.ask(MORNING + i * 1000, { scope: `new-${String(i)}` });
    const { terms } = agent.ask(MORNING + 6000);
    const term = terms.find(({ name }) => name === 'new_scopes_60m');
    expect(term?.value).to.equal(5);
    expect(term?.expected).to.be.within(0, 0.5);
    expect(term?.score).to.be.above(2);
  });

  it('has equal scores for equal state, event and time', () => {
    const one = officeAgent(38).agent;
    const other = officeAgent(38).agent;
    expect(one.ask(MORNING)).to.deep.equal(other.ask(MORNING));
    expect(one.state).to.deep.equal(other.state);
  });
});
