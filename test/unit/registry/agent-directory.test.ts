import { expect } from 'chai';
import type { AgentRecord } from '../../../src/domain/records.js';
import { createAgentDirectory } from '../../../src/registry/agent-directory.js';
import { agent } from '../identity/fakes.js';

/** A store with reads that wait until they are let go. */
function slowStore() {
  const records = new Map<string, AgentRecord>();
  const pending: (() => void)[] = [];
  const reads: string[] = [];
  let held = false;
  return {
    records,
    reads,
    hold: () => {
      held = true;
    },
    pending,
    release: () => pending.shift()?.(),
    read: (id: string): Promise<AgentRecord | undefined> => {
      reads.push(id);
      const record = records.get(id); // what the store had when the read began
      if (!held) return Promise.resolve(record);
      return new Promise((resolve) => {
        pending.push(() => {
          resolve(record);
        });
      });
    },
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('createAgentDirectory', () => {
  it('reads an agent once and remembers it', async () => {
    const store = slowStore();
    store.records.set('a', agent('a'));
    const directory = createAgentDirectory(store);
    expect(store.reads).to.deep.equal([]);
    await directory.find('a');
    expect((await directory.find('a'))?.spec.id).to.equal('a');
    expect(store.reads).to.deep.equal(['a']);
  });

  it('shares one read between concurrent finds', async () => {
    const store = slowStore();
    store.records.set('a', agent('a'));
    store.hold();
    const directory = createAgentDirectory(store);
    const finds = Array.from({ length: 100 }, () => directory.find('a'));
    store.release();
    const found = await Promise.all(finds);
    expect(found.every((record) => record?.spec.id === 'a')).to.equal(true);
    expect(store.reads).to.deep.equal(['a']);
  });

  it('does not remember that an agent is unknown', async () => {
    const store = slowStore();
    const directory = createAgentDirectory(store);
    expect(await directory.find('a')).to.equal(undefined);
    expect(store.reads).to.deep.equal(['a']);
    store.records.set('a', agent('a'));
    expect((await directory.find('a'))?.spec.id).to.equal('a');
  });

  it('finds an agent created while an earlier read of it was under way', async () => {
    const store = slowStore();
    store.hold();
    const directory = createAgentDirectory(store);
    const early = directory.find('a');
    store.records.set('a', agent('a'));
    const late = directory.find('a');
    store.release();
    expect(await early).to.equal(undefined);
    await settle();
    store.release();
    expect((await late)?.spec.id).to.equal('a');
  });

  it('refresh reads the store, and what it read is remembered', async () => {
    const store = slowStore();
    store.records.set('a', agent('a'));
    const directory = createAgentDirectory(store);
    await directory.find('a');
    store.records.set('a', agent('a', { version: 2 }));
    expect((await directory.find('a'))?.version).to.equal(1);
    expect((await directory.refresh('a'))?.version).to.equal(2);
    expect((await directory.find('a'))?.version).to.equal(2);
  });

  it('refresh never answers from a read that began before it; all that wait share the next', async () => {
    const store = slowStore();
    store.records.set('a', agent('a'));
    store.hold();
    const directory = createAgentDirectory(store);
    const early = directory.find('a');
    store.records.set('a', agent('a', { version: 2 }));
    const late = Array.from({ length: 50 }, () => directory.refresh('a'));
    store.release();
    expect((await early)?.version).to.equal(1);
    await settle();
    store.release();
    const refreshed = await Promise.all(late);
    expect(refreshed.map((record) => record?.version)).to.deep.equal(Array<number>(50).fill(2));
    expect(store.reads).to.have.length(2);
  });

  it('readSince reads only what is older than the turn', async () => {
    const store = slowStore();
    store.records.set('a', agent('a'));
    const directory = createAgentDirectory(store);
    const before = directory.turn();
    await directory.find('a');
    await directory.readSince('a', before);
    expect(store.reads).to.have.length(1);
    await directory.readSince('a', directory.turn());
    expect(store.reads).to.have.length(2);
  });

  it('forgets an agent that is gone from the store', async () => {
    const store = slowStore();
    store.records.set('a', agent('a'));
    const directory = createAgentDirectory(store);
    await directory.find('a');
    store.records.delete('a');
    expect(await directory.refresh('a')).to.equal(undefined);
    expect(await directory.find('a')).to.equal(undefined);
  });

  it('keeps at most maxEntries', async () => {
    const store = slowStore();
    for (const id of ['a', 'b', 'c']) store.records.set(id, agent(id));
    const directory = createAgentDirectory(store, { maxEntries: 2 });
    for (const id of ['a', 'b', 'c', 'b', 'c', 'a']) await directory.find(id);
    expect(store.reads).to.deep.equal(['a', 'b', 'c', 'a']);
  });

  it('does not remember a failed read, and the next one works', async () => {
    const store = slowStore();
    store.records.set('a', agent('a'));
    let failing = true;
    const directory = createAgentDirectory({
      read: (id) => (failing ? Promise.reject(new Error('down')) : store.read(id)),
    });
    const both = await Promise.allSettled([directory.find('a'), directory.refresh('a')]);
    expect(both.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    failing = false;
    expect((await directory.find('a'))?.spec.id).to.equal('a');
  });

  it('makes no key of an id that cannot be registered', async () => {
    const store = slowStore();
    const directory = createAgentDirectory(store);
    for (const id of ['', 'A', 'a b', '../x', 'a{b}', 'a\n', 'x'.repeat(65), '__proto__']) {
      expect(await directory.find(id)).to.equal(undefined);
    }
    expect(store.reads).to.deep.equal([]);
  });
});
