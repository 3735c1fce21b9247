import { expect } from 'chai';
import type { ResourceRecord, ResourceServerRecord } from '../../../src/domain/records.js';
import type { AudienceEntry } from '../../../src/domain/audience.js';
import { createCatalogue } from '../../../src/registry/catalogue.js';
import { server } from '../identity/fakes.js';

function resource(
  id: string,
  audiences: string[],
  change: Partial<ResourceRecord> = {},
): ResourceRecord {
  return {
    spec: { id, audiences, scopes: [{ name: 'x', risk: 'low', description: '' }] },
    source: 'api',
    config_digest: '',
    updated_at_ms: 0,
    version: 1,
    deleted: false,
    ...change,
  };
}

function fakeStore() {
  const resources = new Map<string, ResourceRecord>();
  const index = new Map<string, AudienceEntry>();
  const servers = new Map<string, ResourceServerRecord>();
  const reads: string[] = [];
  const answer = <T>(key: string, value: T): Promise<T> => {
    reads.push(key);
    return Promise.resolve(value);
  };
  return {
    resources,
    index,
    servers,
    reads,
    readResource: (id: string) => answer(`resource ${id}`, resources.get(id)),
    readAudience: (key: string) => answer(`audience ${key}`, index.get(key)),
    readResourceServer: (id: string) => answer(`server ${id}`, servers.get(id)),
  };
}

const URI = 'https://api.example/v1';

describe('createCatalogue', () => {
  it('finds a resource by id and by audience, each read once', async () => {
    const store = fakeStore();
    store.resources.set('api', resource('api', [URI]));
    store.index.set(URI, { now: [{ id: 'api', uri: URI }] });
    const catalogue = createCatalogue(store);
    for (const name of ['api', URI, 'api', URI]) {
      expect((await catalogue.resource(name))?.spec.id).to.equal('api');
    }
    expect(store.reads).to.deep.equal(['resource api', `audience ${URI}`]);
  });

  it('does not find what is unknown or deleted, and asks again next time', async () => {
    const store = fakeStore();
    store.resources.set('gone', resource('gone', [URI], { deleted: true }));
    store.servers.set('gone', server('gone', { deleted: true }));
    store.index.set(URI, { now: [{ id: 'gone', uri: URI }] });
    const catalogue = createCatalogue(store);
    for (const name of ['gone', URI, 'unknown']) {
      expect(await catalogue.resource(name)).to.equal(undefined);
    }
    expect(await catalogue.resourceServer('gone')).to.equal(undefined);
    store.resources.set('unknown', resource('unknown', []));
    expect((await catalogue.resource('unknown'))?.spec.id).to.equal('unknown');
  });

  it('does not trust an index entry that the record does not confirm', async () => {
    const store = fakeStore();
    store.resources.set('api', resource('api', ['https://other.example']));
    store.index.set(URI, { now: [{ id: 'api', uri: URI }] });
    expect(await createCatalogue(store).resource(URI)).to.equal(undefined);
  });

  it('finds a resource by any equal spelling of an audience, read once', async () => {
    const store = fakeStore();
    store.resources.set('api', resource('api', ['https://API.example']));
    store.index.set('https://api.example/', { now: [{ id: 'api', uri: 'https://API.example' }] });
    const catalogue = createCatalogue(store);
    for (const name of ['https://API.example', 'https://api.example/', 'HTTPS://api.example:443']) {
      expect((await catalogue.resource(name))?.spec.audiences[0]).to.equal('https://API.example');
    }
    expect(store.reads).to.deep.equal(['audience https://api.example/', 'resource api']);
  });

  it('compares two equal audiences of an earlier build byte for byte', async () => {
    const store = fakeStore();
    const [plain, slash] = ['https://x.example', 'https://x.example/'];
    store.resources.set('a', resource('a', [plain]));
    store.resources.set('b', resource('b', [slash]));
    const now = [
      { id: 'a', uri: plain },
      { id: 'b', uri: slash },
    ];
    store.index.set(slash, { now });
    const catalogue = createCatalogue(store);
    expect((await catalogue.resource(plain))?.spec.id).to.equal('a');
    expect((await catalogue.resource(slash))?.spec.id).to.equal('b');
    expect(await catalogue.resource('https://X.example')).to.equal(undefined);
  });

  it('does not keep that an audience has only former holders', async () => {
    const store = fakeStore();
    store.resources.set('api', resource('api', [URI]));
    store.index.set(URI, { past: [{ id: 'old', uri: URI, until_ms: 1 }] });
    const catalogue = createCatalogue(store);
    expect(await catalogue.resource(URI)).to.equal(undefined);
    store.index.set(URI, { now: [{ id: 'api', uri: URI }] });
    expect((await catalogue.resource(URI))?.spec.id).to.equal('api');
  });

  it('makes no key of what is neither an id nor a URI', async () => {
    const store = fakeStore();
    const catalogue = createCatalogue(store);
    const names = [
      '',
      'A',
      'a b',
      'a{b}',
      'https://x y',
      `https://${'x'.repeat(600)}`,
      'x:\n',
      ':x',
    ];
    for (const name of names) expect(await catalogue.resource(name)).to.equal(undefined);
    expect(await catalogue.resourceServer('A')).to.equal(undefined);
    expect(store.reads).to.deep.equal([]);
  });

  it('reads everything again when the generation moved, in either direction', async () => {
    const store = fakeStore();
    store.resources.set('api', resource('api', [URI]));
    store.index.set(URI, { now: [{ id: 'api', uri: URI }] });
    store.servers.set('rs', server('rs'));
    const catalogue = createCatalogue(store);
    const look = async (): Promise<number> => {
      const before = store.reads.length;
      await catalogue.resource(URI);
      await catalogue.resourceServer('rs');
      return store.reads.length - before;
    };
    expect(await look()).to.equal(3);
    expect(await look()).to.equal(0);
    expect(catalogue.observe(7), 'what was read before is of an unknown generation').to.equal(true);
    expect(await look()).to.equal(3);
    expect(catalogue.observe(7)).to.equal(false);
    expect(await look()).to.equal(0);
    expect(catalogue.observe(8)).to.equal(true);
    expect(await look()).to.equal(3);
    expect(catalogue.observe(3), 'a restore of older state').to.equal(true);
    expect(await look()).to.equal(3);
    expect(catalogue.observe(8), 'counted up to the same number again').to.equal(true);
    expect(await look()).to.equal(3);
  });

  it('says that nothing went stale while nothing is cached, and which generation it is at', () => {
    const catalogue = createCatalogue(fakeStore());
    expect(catalogue.generation()).to.equal(undefined);
    expect(catalogue.observe(5)).to.equal(false);
    expect(catalogue.generation()).to.equal(5);
  });

  it('does not keep a read that began before the generation moved', async () => {
    const store = fakeStore();
    let release = (): void => undefined;
    const old = resource('api', [URI]);
    store.resources.set('api', resource('api', [URI], { version: 2 }));
    let first = true;
    const catalogue = createCatalogue({
      ...store,
      readResource: (id) => {
        if (!first) return store.readResource(id);
        first = false;
        return new Promise((resolve) => {
          release = () => {
            resolve(old);
          };
        });
      },
    });
    const early = catalogue.resource('api');
    catalogue.observe(2);
    const late = catalogue.resource('api');
    release();
    expect((await early)?.version).to.equal(1);
    expect((await late)?.version).to.equal(2);
    expect((await catalogue.resource('api'))?.version).to.equal(2);
  });
});
