import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { activeBundleOf } from '../../../src/app/policy/active-bundle.js';
import { createLogRules, type ActiveBundle } from '../../../src/app/policy/log-rules.js';
import { loadConfig } from '../../../src/config/load.js';
import type { DecisionEvent, LogRules } from '../../../src/domain/decision-log.js';
import type { PolicyDocument } from '../../../src/domain/policy-lifecycle.js';
import { readBundle } from '../../../src/policy/bundle/read.js';
import { buildBundle, fixtureBundle, type BundleSource } from '../../support/bundles/build.js';
import { rejection } from './engine-of.js';

const NAMES = { maskEntrypoint: 'system/log/mask' };
const EVENT: DecisionEvent = { labels: {}, decision_id: 'd', timestamp: 't' };

/** A bundle that masks this pointer. */
function masking(pointer: string, revision: string): BundleSource {
  return {
    rego: { 'system/log.rego': `package system.log\n\nmask contains "${pointer}"` },
    entrypoints: ['system/log/mask'],
    revision,
  };
}

function masksOf({ mask }: LogRules): unknown {
  return mask === undefined || mask === 'missing' ? mask : mask.evaluate(EVENT);
}

describe('the log rules of the active bundle', () => {
  it('follow it when another one becomes active, and are made once for each', async () => {
    const [first, second] = [
      await fixtureBundle(masking('/input/a', 'one')),
      await fixtureBundle(masking('/input/b', 'two')),
    ];
    let active = first;
    const rules = createLogRules(
      () => Promise.resolve(active),
      NAMES,
      () => undefined,
    );
    const one = await rules();
    expect(masksOf(one)).to.deep.equal(['/input/a']);
    expect(one).not.to.have.property('drop');
    expect(await rules()).to.equal(one);
    active = second;
    expect(masksOf(await rules())).to.deep.equal(['/input/b']);
  });

  it('are missing, and say why, where the bundle lacks them or there is none', async () => {
    const told: string[] = [];
    const bundle = await fixtureBundle(masking('/input/a', 'one'));
    const names = { maskEntrypoint: 'system/log/other' };
    const tell = (why: string): number => told.push(why);
    expect(masksOf(await createLogRules(() => Promise.resolve(bundle), names, tell)())).to.equal(
      'missing',
    );
    expect(masksOf(await createLogRules(() => Promise.resolve(undefined), NAMES, tell)())).to.equal(
      'missing',
    );
    expect(told.join()).to.contain('system/log/other').and.contain('no bundle is active');
  });

  it('are not known while the active bundle is not', async () => {
    const unknown: ActiveBundle = () => Promise.reject(new Error('the store is away'));
    const rules = createLogRules(unknown, NAMES, () => undefined);
    expect((await rejection(rules())).message).to.equal('the store is away');
  });
});

describe('the active bundle, in the worker', () => {
  const { policy } = loadConfig({}, () => undefined);
  const archives = new Map<string, Uint8Array>();
  let digest: string | undefined;
  const store = {
    document: (): Promise<PolicyDocument | undefined> => {
      if (digest === undefined) return Promise.resolve(undefined);
      const by = { kind: 'system', id: 'test' } as const;
      const active = { digest, revision: 'r', since_ms: 1, by };
      const document = { version: 1, generation: 1, active, history: [], highest_sequence: 0 };
      return Promise.resolve(document);
    },
    archive: (of: string) => Promise.resolve(archives.get(of)),
  };
  async function keep(source: BundleSource, under?: string): Promise<string> {
    const file = buildBundle(source);
    const of = under ?? (await readBundle(file, { verification: 'off' })).digest;
    archives.set(of, readFileSync(file));
    return of;
  }

  it('is none at first, then the one the document names, looked for once a second', async () => {
    let nowMs = 0;
    const active = activeBundleOf(store, policy, () => nowMs);
    expect(await active()).to.equal(undefined);
    digest = await keep(masking('/input/a', 'one'));
    expect((await active())?.revision).to.equal('one');
    digest = await keep(masking('/input/b', 'two'));
    expect((await active())?.revision).to.equal('one');
    nowMs += 1000;
    expect((await active())?.revision).to.equal('two');
  });

  it('is not known while the store lacks it, or has other bytes under its digest', async () => {
    const active = activeBundleOf(store, policy);
    digest = `sha256:${'0'.repeat(64)}`;
    expect((await rejection(active())).message).to.contain('is not in the store');
    await keep(masking('/input/a', 'one'), digest);
    expect((await rejection(active())).message).to.contain('do not match');
  });
});
