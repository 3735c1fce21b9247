import { expect } from 'chai';
import type { AuditEvent } from '../../../../src/domain/audit.js';
import { createMisuseCounter } from '../../../../src/use-cases/introspection/misuse-counter.js';
import type { TokenClaims } from '../../../../src/domain/token.js';

const NOW_MS = 1_800_000_000_000;
const HOUR_MS = 3_600_000;

function claims(sub: string, expiresInSeconds = 7200): TokenClaims {
  return {
    ...{ iss: 'i', aud: 'https://api.stripe.demo', sub, client_id: sub, scope: 'read' },
    ...{ iat: NOW_MS / 1000, exp: NOW_MS / 1000 + expiresInSeconds, jti: 'j', grant_id: 'g' },
    ...{ decision_id: 'd', policy_revision: 'p', input_digest: 'i' },
  };
}

describe('tokens shown to a resource server they were not made for', () => {
  function subject() {
    const clock = { now: NOW_MS, nowMs: () => clock.now };
    const recorded: { agentId: string; callers: number; event: AuditEvent }[] = [];
    const lost: number[] = [];
    const fails = { next: false };
    const counter = createMisuseCounter({
      record: (agentId, callers, event) => {
        if (fails.next) return Promise.reject(new Error('away'));
        recorded.push({ agentId, callers, event });
        return Promise.resolve();
      },
      clock,
      onLost: (callers) => lost.push(callers),
    });
    return { clock, recorded, lost, fails, counter };
  }

  it('count once an hour for each caller, whatever the number of tries and tokens', async () => {
    const { counter, recorded, clock } = subject();
    for (let i = 0; i < 50; i++) counter.count(claims('a'), 'gateway');
    counter.count(claims('a'), 'other');
    counter.count(claims('b'), 'gateway');
    await counter.flush();
    expect(recorded.map(({ agentId, callers }) => [agentId, callers])).to.deep.equal([
      ['a', 2],
      ['b', 1],
    ]);
    counter.count(claims('a'), 'gateway');
    await counter.flush();
    expect(recorded).to.have.length(2);
    clock.now += HOUR_MS;
    counter.count(claims('a'), 'gateway');
    await counter.flush();
    expect(recorded).to.have.length(3);
  });

  it('say who asked about which token, and never the token itself', async () => {
    const { counter, recorded } = subject();
    counter.count(claims('a'), 'gateway');
    await counter.flush();
    expect(recorded[0]?.event).to.deep.include({
      type: 'token.misused',
      agent_id: 'a',
      jti: 'j',
      detail: { resource_servers: ['gateway'], audience: 'https://api.stripe.demo' },
    });
  });

  it('do not count when they expired: an old token is no way to raise a score', async () => {
    const { counter, recorded } = subject();
    counter.count(claims('a', -1), 'gateway');
    await counter.flush();
    expect(recorded).to.deep.equal([]);
  });

  it('take a bounded part of the memory', async () => {
    const { counter, recorded } = subject();
    for (let i = 0; i < 10_050; i++) counter.count(claims(`agent-${String(i)}`), 'gateway');
    await counter.flush();
    expect(recorded).to.have.length(10_000);
  });

  it('are said to be lost when they cannot be recorded', async () => {
    const { counter, lost, fails } = subject();
    fails.next = true;
    counter.count(claims('a'), 'gateway');
    await counter.flush();
    expect(lost).to.deep.equal([1]);
  });
});
