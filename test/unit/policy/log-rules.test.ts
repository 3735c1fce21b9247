import { expect } from 'chai';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleAtPath } from '../../../src/app/policy/bundle-at-path.js';
import { createLogRules, type ActiveBundle } from '../../../src/app/policy/log-rules.js';
import { loadConfig } from '../../../src/config/load.js';
import type { DecisionEvent, LogRules } from '../../../src/domain/decision-log.js';
import { buildBundle, fixtureBundle, type BundleSource } from '../../support/bundles/build.js';
import { rejection } from './engine-of.js';

const NAMES = { maskEntrypoint: 'system/log/mask', dropEntrypoint: undefined };
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
    const names = { maskEntrypoint: 'system/log/other', dropEntrypoint: undefined };
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

describe('the bundle at policy.path, in the worker', () => {
  const dir = mkdtempSync(join(tmpdir(), 'cs-bundle-path-'));
  after(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  it('is not known until there was a good one, and stays the last good one when a bad one comes', async () => {
    const path = join(dir, 'bundle.tar.gz');
    const { policy } = loadConfig({ COUNTERSIGN_POLICY_PATH: path }, () => undefined);
    let nowMs = 0;
    const active = bundleAtPath(policy, () => nowMs);
    expect((await rejection(active())).name).to.equal('BundleRefused');
    copyFileSync(buildBundle(masking('/input/a', 'one')), path);
    expect((await active())?.revision).to.equal('one');
    writeFileSync(path, 'no bundle');
    nowMs += 5000;
    expect((await active())?.revision).to.equal('one');
    copyFileSync(buildBundle(masking('/input/b', 'two')), path);
    expect((await active())?.revision).to.equal('one');
    nowMs += 5000;
    expect((await active())?.revision).to.equal('two');
  });
});
