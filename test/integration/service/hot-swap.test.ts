import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { buildBundle } from '../../support/bundles/build.js';
import { GRANT_WHAT_IS_ASKED } from '../../support/bundles/policies.js';
import { useService } from '../../support/use-service.js';

/** Each is a chance to fail: two revisions are live at once as often as this. */
const SWAPS = 3;
const REQUESTS_PER_SECOND = 100;
/** A machine that is slower than the load has less of it. */
const MOST_IN_FLIGHT = 20;
const SWAP_EVERY_MS = 500;

interface Seen {
  readonly status: number;
  readonly revision: unknown;
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
}

describe('swapping the bundle under load', function () {
  this.timeout(120_000);
  const { service } = useService(() => ({
    overrides: { 'policy.path': bundle(0), 'policy.admission.violations': 'warn' },
  }));

  function bundle(n: number): string {
    const metadata = { 'countersign.opa_version': '1.22.2', 'countersign.sequence': n + 1 };
    return buildBundle({ rego: GRANT_WHAT_IS_ASKED, revision: `r${String(n)}`, metadata });
  }

  async function push(n: number): Promise<void> {
    const answer = await service.http.admin('POST', '/admin/v1/policy/bundles', {
      body: readFileSync(bundle(n)),
      headers: { 'content-type': 'application/gzip' },
    });
    expect(answer.status, answer.text).to.equal(201);
  }

  async function request(): Promise<Seen> {
    const sentAtMs = performance.now();
    const answer = await service.http.send('POST', '/token', {
      basic: service.agent,
      json: { resource: 'stripe', scope: 'read_invoices', ttl: 60 },
    });
    const answeredAtMs = performance.now();
    if (answer.status !== 200) {
      return { status: answer.status, revision: answer.text, sentAtMs, answeredAtMs };
    }
    const payload = String(answer.json()['access_token']).split('.')[1] ?? '';
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const revision = (claims as Record<string, unknown>)['policy_revision'];
    return { status: 200, revision, sentAtMs, answeredAtMs };
  }

  it('fails no request, and every token names a revision that was in force while it was asked for', async () => {
    const pending: Promise<Seen>[] = [];
    // All but one are compiled and admitted before the load, which would last as long as that takes.
    for (let n = 2; n <= SWAPS; n++) await push(n);
    let inFlight = 0;
    const load = setInterval(() => {
      if (inFlight === MOST_IN_FLIGHT) return;
      inFlight += 1;
      pending.push(request().finally(() => (inFlight -= 1)));
    }, 1000 / REQUESTS_PER_SECOND);
    await push(1);
    /** When each revision was asked for, and when that was acknowledged. */
    const forced = [{ revision: 'r0', askedAtMs: 0, doneAtMs: 0 }];
    for (let n = 1; n <= SWAPS; n++) {
      const askedAtMs = performance.now();
      const path = `/admin/v1/policy/bundles/r${String(n)}/activate`;
      const answer = await service.http.admin('POST', path, { json: {} });
      expect(answer.status, answer.text).to.equal(200);
      forced.push({ revision: `r${String(n)}`, askedAtMs, doneAtMs: performance.now() });
      // A load pace, not a wait for anything.
      await pause(SWAP_EVERY_MS);
    }
    clearInterval(load);
    const seen = await Promise.all(pending);
    expect(seen.length).to.be.greaterThan(SWAPS * 20);
    for (const { status, revision, sentAtMs, answeredAtMs } of seen) {
      expect(status, String(revision)).to.equal(200);
      const at = forced.findIndex((one) => one.revision === revision);
      const mine = forced[at];
      expect(mine, String(revision)).not.to.equal(undefined);
      expect(mine!.askedAtMs, `${String(revision)} came before it was asked for`).to.be.at.most(
        answeredAtMs,
      );
      const next = forced[at + 1];
      if (next === undefined) continue;
      expect(sentAtMs, `${String(revision)} after another was acknowledged`).to.be.at.most(
        next.doneAtMs,
      );
    }
    expect(new Set(seen.map(({ revision }) => revision)).size).to.equal(SWAPS + 1);
  });
});
