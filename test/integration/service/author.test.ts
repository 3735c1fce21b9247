import { expect } from 'chai';
import { packArchive } from '../../../src/policy/bundle/pack.js';
import { SMALL_POLICY } from '../../support/policy-folder.js';
import { useService } from '../../support/use-service.js';
import type { Answer } from '../../support/http.js';

describe('an author without opa on a machine of their own', function () {
  this.timeout(120_000);
  const { service } = useService();

  const send = (path: string, body: Uint8Array): Promise<Answer> =>
    service.http.admin('POST', `/admin/v1/policy/${path}`, {
      body,
      headers: { 'content-type': 'application/gzip' },
    });

  it('checks, tests, builds and pushes Rego through the admin API', async () => {
    const files = Object.entries(SMALL_POLICY).map(
      ([path, text]) => [path, Buffer.from(text)] as const,
    );
    const sources = await packArchive(new Map(files));
    expect((await send('check', sources)).json()).to.include({ ok: true });
    const tested = await send('test', sources);
    expect(tested.json(), tested.text).to.include({ ok: true, coverage_percent: 100 });
    const built = (await send('build?sequence=2', sources)).json();
    const pushed = await send('bundles', Buffer.from(String(built['archive']), 'base64'));
    expect(pushed.status, pushed.text).to.equal(201);
    const { digest, revision } = built;
    expect(pushed.json()).to.deep.include({ digest, revision, sequence: 2 });
  });

  it('learns where the Rego is wrong, and nothing of the machine', async () => {
    const rego = 'package countersign\n\nx := opa.runtime().env\n';
    const sources = await packArchive(new Map([['a.rego', Buffer.from(rego)]]));
    const checked = await send('check', sources);
    expect(checked.text).to.contain('"line":3').and.contain('opa.runtime is not available');
    const built = await send('build', sources);
    expect(built.status).to.equal(400);
    expect(built.text).not.to.match(/\/tmp|countersign-author/);
  });
});
