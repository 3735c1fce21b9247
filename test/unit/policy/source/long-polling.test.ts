import { expect } from 'chai';
import type { BundleSource } from '../../../../src/policy/source/source.js';
import type { ServerOptions } from '../../../../src/policy/source/server.js';
import { BundleServer } from '../../../support/bundles/bundle-server.js';
import { until } from '../../../support/episode.js';
import { bundle, sourceOf, Taker } from './harness.js';

describe('long polling an OPA bundle server', () => {
  let server: BundleServer;
  let taker: Taker;
  let source: BundleSource;
  const one = bundle('one');
  const two = bundle('two');

  beforeEach(async () => {
    server = await BundleServer.start();
    server.serve(one);
    taker = new Taker();
  });
  afterEach(async () => {
    await source.close();
    await server.close();
  });
  const use = (settings: Partial<ServerOptions>): void => {
    source = sourceOf(server.url, settings).source;
  };

  it('the request is held until there is a new bundle', async () => {
    server.longPolling = true;
    use({ polling: { minDelaySeconds: 60, maxDelaySeconds: 60, longPollingTimeoutSeconds: 30 } });
    await source.start(taker.take);
    await until('a request is held', () => server.holding === 1);
    expect(server.requests[0]?.headers['prefer']).to.equal('modes=snapshot');
    expect(server.requests.at(-1)?.headers['prefer']).to.equal('modes=snapshot;wait=30');
    server.serve(two);
    await until('the second one was taken', () => taker.taken.length === 2);
    await until('the next one is held', () => server.holding === 1);
    expect(server.requests).to.have.length(3);
  });

  it('a held request does not keep "look now" waiting, nor the end', async () => {
    server.longPolling = true;
    use({ polling: { minDelaySeconds: 60, maxDelaySeconds: 60, longPollingTimeoutSeconds: 30 } });
    await source.start(taker.take);
    await until('a request is held', () => server.holding === 1);
    await source.checkNow();
    expect(taker.taken).to.deep.equal(['one', 'one']);
    expect(source.status()).not.to.have.property('last_error');
    await until('a request is held again', () => server.holding === 1);
    await source.close();
  });

  it('a server that does not know it is asked after a pause, without wait', async () => {
    use({
      polling: { minDelaySeconds: 0.01, maxDelaySeconds: 0.01, longPollingTimeoutSeconds: 30 },
    });
    await source.start(taker.take);
    const { headers } = await server.nextRequest();
    expect(headers['prefer']).to.equal('modes=snapshot');
  });
});
