import { expect } from 'chai';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPolicyEngine, type PolicyEngine } from '../../../src/policy/engine.js';
import { PolicyLoader, type LoaderStatus } from '../../../src/policy/loader.js';
import { pollPath } from '../../../src/policy/watch.js';
import { buildBundle } from '../../support/bundles/build.js';
import { ALLOW, rejection, requestInput } from './engine-of.js';

describe('policy loader', () => {
  let dir: string;
  let path: string;
  let engine: PolicyEngine;
  let loader: PolicyLoader;
  let changed: () => void;
  let closed: boolean;
  let told: string[];
  let nowMs: number;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-loader-'));
    path = join(dir, 'bundle.tar.gz');
    engine = createPolicyEngine();
    told = [];
    nowMs = 1000;
    closed = false;
    loader = new PolicyLoader({
      path,
      engine,
      bundle: { verification: 'off' },
      clock: { nowMs: () => nowMs },
      watch: (_path, on) => {
        changed = on;
        return () => (closed = true);
      },
      onActivated: (status) => told.push(`activated ${status.revision}`),
      onRefused: (problem) => told.push(`refused ${problem.code}`),
    });
  });
  afterEach(async () => {
    await loader.close();
    rmSync(dir, { recursive: true, force: true });
  });

  function place(revision: string): void {
    copyFileSync(buildBundle({ rego: ALLOW, revision }), path);
  }

  /** The loads that were asked for are done: they run one after another. */
  async function settled(): Promise<LoaderStatus | undefined> {
    await loader.close();
    return loader.status();
  }

  it('does not start without a bundle', async () => {
    expect(await rejection(loader.start())).to.include({ code: 'unreadable' });
    expect(loader.status()).to.equal(undefined);
  });

  it('loads at start and says what it loaded', async () => {
    place('one');
    const status = await loader.start();
    expect(status).to.include({
      revision: 'one',
      source: path,
      activated_at_ms: 1000,
      entrypoint: 'countersign/decision',
      opa_version: '1.22.2',
    });
    expect(told).to.deep.equal(['activated one']);
  });

  it('keeps the old bundle when the new one is refused, and says why', async () => {
    place('one');
    await loader.start();
    writeFileSync(path, 'broken');
    nowMs = 2000;
    expect(await rejection(loader.reload())).to.include({ name: 'BundleRefused' });
    expect((await engine.decide(requestInput())).revision).to.equal('one');
    expect(loader.status()).to.deep.include({ revision: 'one', activated_at_ms: 1000 });
    expect(loader.status()?.last_refusal?.at_ms).to.equal(2000);
    expect(loader.status()?.last_refusal?.detail).to.contain('unreadable');
    expect(told).to.deep.equal(['activated one', 'refused unreadable']);
    place('two');
    await loader.reload();
    expect(loader.status()).to.include({ revision: 'two' }).and.not.have.property('last_refusal');
  });

  it('loads again when the path changed, once per change of content', async () => {
    place('one');
    await loader.start();
    changed();
    place('two');
    changed();
    changed();
    expect((await settled())?.revision).to.equal('two');
    expect(told).to.deep.equal(['activated one', 'activated two']);
    expect(closed).to.equal(true);
  });

  it('a refused change is told, and harms nobody', async () => {
    place('one');
    await loader.start();
    writeFileSync(path, 'broken');
    changed();
    expect((await settled())?.last_refusal).to.not.equal(undefined);
    expect((await engine.decide(requestInput())).revision).to.equal('one');
  });

  it('serves one bundle or the other during twenty reloads, and never neither', async () => {
    place('one');
    await loader.start();
    const revisions = new Set<string>();
    for (let i = 0; i < 20; i++) {
      place(i % 2 === 0 ? 'two' : 'one');
      const reload = loader.reload();
      revisions.add((await engine.decide(requestInput())).revision);
      await reload;
    }
    expect([...revisions].sort()).to.deep.equal(['one', 'two']);
  });
});

describe('watching a path', () => {
  it('sees a file replaced, and a file that appears in a folder', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'countersign-watch-'));
    let wake: () => void = () => undefined;
    const change = (): Promise<void> => new Promise((resolve) => (wake = resolve));
    let next = change();
    const stop = pollPath(5)(dir, () => {
      wake();
    });
    try {
      await next;
      next = change();
      writeFileSync(join(dir, 'data.json'), '{}');
      await next;
      next = change();
      writeFileSync(join(dir, 'data.json'), '{"a":1}');
      await next;
    } finally {
      stop();
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
