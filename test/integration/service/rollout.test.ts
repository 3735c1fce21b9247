import { expect } from 'chai';
import { createKeys } from '../../../src/redis/keys.js';
import { GRANT_WHAT_IS_ASKED } from '../../support/bundles/policies.js';
import { until } from '../../support/episode.js';
import { LOAD_AGENT } from '../../support/service.js';
import { DENY_ALL, revisionOf, TwoServices } from '../../support/two-services.js';

describe('a bundle on its way through two services', function () {
  this.timeout(120_000);
  let two: TwoServices;
  before(async () => {
    two = await TwoServices.start([LOAD_AGENT]);
  });
  /** Activation admits, replays and waits for every node; a rollback only waits for the nodes. */
  let activationMs = 0;
  after(() => two.close());

  it('is kept by its digest, once, and decides nothing before it is activated', async () => {
    const digest = await two.push(GRANT_WHAT_IS_ASKED, 'second', 2);
    expect(await two.push(GRANT_WHAT_IS_ASKED, 'second', 2)).to.equal(digest);
    expect(await two.events('policy.pushed')).to.have.length(1);
    expect(await two.deciding()).to.deep.equal(['first', 'first']);
  });

  it('decides on every node once it is activated, and the record names who and when', async () => {
    const began = performance.now();
    const answer = await two.post('bundles/second/activate', { reason: 'release 2' });
    expect(answer.status, answer.text).to.equal(200);
    expect(await two.deciding()).to.deep.equal(['second', 'second']);
    activationMs = performance.now() - began;
    const [event] = await two.events('policy.activated');
    expect(event).to.deep.include({ policy_revision: 'second' });
    expect(event?.['detail']).to.deep.include({ replaced: 'first', reason: 'release 2', nodes: 2 });
  });

  it('is rolled back sooner than it was activated, on the record, and older bundles are no release', async () => {
    const began = performance.now();
    const answer = await two.post('rollback', { reason: 'too generous' });
    expect(answer.status, answer.text).to.equal(200);
    expect(await two.deciding()).to.deep.equal(['first', 'first']);
    expect(performance.now() - began).to.be.lessThan(activationMs);
    const [event] = await two.events('policy.rolled_back');
    expect(event?.['detail']).to.deep.include({ reason: 'too generous', replaced: 'second' });
    await two.push(GRANT_WHAT_IS_ASKED, 'older', 1);
    const refused = await two.post('bundles/older/activate');
    expect(refused.status).to.equal(409);
    expect(refused.text).to.contain('downgrade');
    expect((await two.post('rollback', { to: 'second', reason: 'fixed' })).status).to.equal(200);
    expect(await two.deciding()).to.deep.equal(['second', 'second']);
  });

  it('is not taken from a source that an older process starts with', async () => {
    const started = await two.third();
    const revision = revisionOf(await two.ask(started));
    await started.close();
    expect(revision).to.equal('second');
    expect(await two.deciding()).to.deep.equal(['second', 'second']);
  });

  it('that one node cannot make ready decides nowhere', async () => {
    const before = await two.deciding();
    const digest = await two.push(GRANT_WHAT_IS_ASKED, 'third', 3);
    const ghost = { node: 'node_ghost', ready: [], generation: 1, trials: [] };
    // It beats as a live node does: admission may take longer than a beat is good for.
    const beat = () => two.store.beat({ ...ghost, refused: { [digest]: 'no room' } });
    await beat();
    const beating = setInterval(() => void beat().catch(() => undefined), 500);
    const answer = await two.post('bundles/third/activate').finally(() => {
      clearInterval(beating);
    });
    expect(answer.status).to.equal(409);
    expect(answer.text).to.contain('node_ghost: no room');
    expect(await two.deciding()).to.deep.equal(before);
    expect(await two.overview()).not.to.have.property('candidate');
    expect(await two.events('policy.candidate_dropped')).to.have.length(1);
    await two.store.leave('node_ghost');
  });

  it('does not wait for a node without a heartbeat', async () => {
    await two.store.beat({ node: 'node_gone', ready: [], generation: 1, trials: [], refused: {} });
    const answer = await two.post('bundles/third/activate');
    expect(answer.status, answer.text).to.equal(200);
    expect(await two.deciding()).to.deep.equal(['third', 'third']);
    await two.store.leave('node_gone');
  });

  it('that a node does not have makes that node refuse, and the others too, until it is there', async () => {
    const digest = await two.push(GRANT_WHAT_IS_ASKED, 'fifth', 5);
    const archive = (await two.store.archive(digest))!;
    await two.client.del(createKeys('cs').policyArchive(digest.slice('sha256:'.length)));
    const document = (await two.store.document())!;
    const active = { ...document.active, digest, revision: 'fifth' };
    const moved = { version: document.version + 1, generation: document.generation + 1 };
    expect(
      await two.store.replace(document.version, { ...document, active, ...moved }, []),
    ).to.equal(true);
    for (const service of two.services) {
      const refused = await two.ask(service);
      expect(refused.status).to.equal(503);
      expect((await service.http.admin('GET', '/readyz')).status).to.equal(503);
    }
    await two.client.set(
      createKeys('cs').policyArchive(digest.slice('sha256:'.length)),
      Buffer.from(archive),
    );
    // Each node reads the bundle in a separate thread.
    await until('the nodes caught up', async () => {
      const answers = await Promise.all(two.services.map((service) => two.ask(service)));
      return answers.every(({ status }) => status === 200);
    });
    expect(await two.deciding()).to.deep.equal(['fifth', 'fifth']);
  });

  it('that would grant what was denied is blocked, until as many new grants are allowed', async () => {
    await two.push(DENY_ALL, 'denies', 6);
    const untested = await two.post('bundles/denies/activate');
    expect(untested.status).to.equal(409);
    expect(untested.text).to.contain('no input is granted');
    const narrower = await two.post('bundles/denies/activate', { allow_untested: true });
    expect(narrower.status, narrower.text).to.equal(200);
    for (const service of two.services) expect((await two.ask(service)).status).to.equal(403);
    await two.push(GRANT_WHAT_IS_ASKED, 'grants', 7);
    const blocked = await two.post('bundles/grants/activate');
    expect(blocked.status).to.equal(409);
    expect(blocked.text).to.contain('would turn from deny to allow');
    expect((await two.ask(two.services[1])).status, 'the old one goes on').to.equal(403);
    const meant = await two.post('bundles/grants/activate', { allow_new_grants: 1000 });
    expect(meant.status, meant.text).to.equal(200);
    expect(await two.deciding()).to.deep.equal(['grants', 'grants']);
    expect(await two.events('policy.replayed')).not.to.have.length(0);
  });
});
