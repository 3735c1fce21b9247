import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import { BUILT, CHECKED, TESTED } from '../../support/fake-policy-author.js';
import { ADMIN_TOKENS, useFakeService } from '../../support/http-listeners.js';
import type { Answer, Ask } from '../../support/http.js';

const ARCHIVE = Buffer.from([0x1f, 0x8b, 0, 255]);

describe('/admin/v1/policy/build, test and check', () => {
  const service = useFakeService();
  const send = (verb: string, ask: Ask = {}): Promise<Answer> =>
    service().client.admin('POST', `/admin/v1/policy/${verb}`, {
      body: ARCHIVE,
      headers: { 'content-type': 'application/gzip' },
      ...ask,
    });
  const last = (verb: string): readonly unknown[] =>
    service().operations.last(`author.${verb}`).arguments;

  it('200: what was built, with the bundle', async () => {
    const answer = await send('build');
    expect(answer.status, answer.text).to.equal(200);
    expect(answer.json()).to.deep.equal({ ...BUILT, archive: 'H4v/' });
    expect(Buffer.from(last('build')[0] as Uint8Array).equals(ARCHIVE)).to.equal(true);
    expect(last('build')[1]).to.deep.equal({});
  });

  it('200: builds under a sequence and a revision', async () => {
    await send('build?sequence=7&revision=r-7');
    expect(last('build')[1]).to.deep.equal({ sequence: 7, revision: 'r-7' });
  });

  it('200: how the tests went, also when they failed', async () => {
    const answer = await send('test?threshold=80.5');
    expect(answer.status).to.equal(200);
    expect(answer.json()).to.deep.equal(TESTED);
    expect(last('test')[1]).to.deep.equal({ coveragePercent: 80.5 });
  });

  it('200: what the check found', async () => {
    const answer = await send('check');
    expect(answer.status).to.equal(200);
    expect(answer.json()).to.deep.equal(CHECKED);
  });

  for (const query of [
    'build?sequence=-1',
    'build?sequence=1.5',
    'build?sequence=9007199254740993',
    'build?revision=a%20b',
    'build?scope=x',
    'test?threshold=101',
    'test?threshold=x',
    'check?entrypoint=a',
  ]) {
    it(`400: ${query}`, async () => {
      const answer = await send(query);
      expect(answer.status).to.equal(400);
      expect(service().operations.seen).to.deep.equal([]);
    });
  }

  it('400: sources that do not compile, with every problem', async () => {
    const problems = [
      { pointer: '', message: 'a.rego:3: undefined function http.send' },
      { pointer: '', message: 'a.rego:4: undefined function opa.runtime' },
    ];
    service().operations.adminFails = new CountersignError(
      'invalid_request',
      'The policy does not compile.',
      { problems },
    );
    const answer = await send('build');
    expect(answer.status).to.equal(400);
    expect(answer.json()['problems']).to.deep.equal(problems);
  });

  it('403: not for operators and auditors', async () => {
    for (const role of ['operator', 'auditor'] as const) {
      for (const verb of ['build', 'test', 'check']) {
        expect((await send(verb, { adminToken: ADMIN_TOKENS[role] })).status).to.equal(403);
      }
    }
    expect(service().operations.seen).to.deep.equal([]);
  });

  it('409: a server without opa says so', async () => {
    service().operations.adminFails = new CountersignError('conflict', 'This server has no opa.');
    const answer = await send('test');
    expect(answer.status).to.equal(409);
    expect(answer.json()['detail']).to.contain('no opa');
  });

  it('415: sources are a tar.gz', async () => {
    const headers = { 'content-type': 'application/json' };
    for (const verb of ['build', 'test', 'check']) {
      expect((await send(verb, { headers, body: '{}' })).status).to.equal(415);
    }
  });

  it('429: others are being worked on', async () => {
    service().operations.adminFails = new CountersignError('slow_down', 'Others are.', {
      retryAfterSeconds: 10,
    });
    const answer = await send('check');
    expect(answer.status).to.equal(429);
    expect(answer.headers['retry-after']).to.equal('10');
  });

  it('503: when something of ours fails', async () => {
    service().operations.adminFails = new CountersignError('temporarily_unavailable', 'No.', {
      retryAfterSeconds: 1,
    });
    expect((await send('build')).status).to.equal(503);
  });

  // Last: the server ends the connection of a body that goes on.
  it('413: more than 16 MiB', async () => {
    const body = Buffer.alloc(16 * 1024 * 1024 + 1);
    expect((await send('check', { body })).status).to.equal(413);
  });
});
