import { expect } from 'chai';
import { createSecretUseNoter } from '../../../src/identity/secret-use-noter.js';
import { agent, from, GOOD, OTHER, digestOf, secret, workbench, WRONG } from './fakes.js';

const MINUTE = 60_000;

describe('the last use of a secret', () => {
  it('is noted at most once a minute for each secret, whatever the requests', async () => {
    const time = { ms: 0 };
    const notes: string[] = [];
    const note = createSecretUseNoter(
      { note: async (_, id) => void notes.push(id) },
      { nowMs: () => time.ms },
    );
    for (let i = 0; i < 1000; i++) note('a', i % 2 === 0 ? 's1' : 's2');
    expect(notes).to.deep.equal(['s1', 's2']);
    await Promise.resolve();
    time.ms += MINUTE - 1;
    note('a', 's1');
    expect(notes).to.have.length(2);
    time.ms += 1;
    note('a', 's1');
    expect(notes).to.have.length(3);
  });

  it('fails without a word, and never piles up, while the store is away', async () => {
    let calls = 0;
    const note = createSecretUseNoter(
      { note: () => ((calls += 1), new Promise(() => undefined)) },
      { nowMs: () => 0 },
    );
    for (let i = 0; i < 1000; i++) note('a', `s${String(i)}`);
    expect(calls).to.equal(32);
    const failing = createSecretUseNoter(
      { note: () => Promise.reject(new Error('away')) },
      { nowMs: () => 0 },
    );
    failing('a', 's1');
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('is that of the secret which proved the client; a failure notes none', async () => {
    const noted: string[] = [];
    const { agents, authenticator } = workbench({
      onSecretUse: (clientId, secretId) => void noted.push(`${clientId} ${secretId}`),
    });
    const secrets = [
      { id: 's1', sha256: digestOf(GOOD), created_at_ms: 0 },
      { id: 's2', sha256: digestOf(OTHER), created_at_ms: 0 },
    ];
    agents.stored.set('a', agent('a', { secrets }));
    agents.stored.set('off', agent('off', { secrets, status: 'disabled' }));
    const ask = (id: string, text: string) =>
      authenticator
        .authenticateAgent(secret(id, text), undefined, from('192.0.2.1'))
        .catch(() => undefined);
    await ask('a', OTHER);
    await ask('a', GOOD);
    await ask('a', WRONG);
    await ask('off', GOOD);
    expect(noted).to.deep.equal(['a s2', 'a s1']);
    for (let i = 0; i < 12; i++) await ask('a', WRONG);
    await ask('a', OTHER);
    expect(noted.at(-1), 'over the budget too').to.equal('a s2');
  });
});
