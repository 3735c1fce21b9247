import { expect } from 'chai';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Bundle } from '../../../../src/policy/bundle/read.js';
import { createPolicyEngine, type PolicyEngine } from '../../../../src/policy/serving/engine.js';
import { fixtureBundle } from '../../../support/bundles/build.js';
import { ALLOW, requestInput } from '../engine-of.js';

const ACTIVATIONS = 60;
/** The active one with its spare, the one before it, and one that a stack slot may still hold. */
const MAY_LIVE = 4;

describe('memory of bundles that no longer decide', function () {
  this.timeout(60_000);
  const PlainMemory = WebAssembly.Memory;
  let made: WeakRef<WebAssembly.Memory>[];
  let bundle: Bundle;

  before(async () => {
    bundle = await fixtureBundle({ rego: ALLOW });
  });
  // Every instance has a separate memory, which is nearly all it takes.
  beforeEach(() => {
    made = [];
    WebAssembly.Memory = class extends PlainMemory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        super(descriptor);
        made.push(new WeakRef(this));
      }
    };
  });
  afterEach(() => {
    WebAssembly.Memory = PlainMemory;
  });

  /** Activates the bundle again and again under another digest, as if each were another one. */
  async function activateOften(
    engine: PolicyEngine,
    keep: (digests: readonly string[]) => readonly string[],
  ): Promise<void> {
    const digests: string[] = [];
    for (let n = 0; n < ACTIVATIONS; n++) {
      const digest = `sha256:${String(n).padStart(64, '0')}`;
      await engine.prepare({ ...bundle, digest });
      digests.push(digest);
      engine.assign({ active: digest }, keep(digests));
      await engine.decide(requestInput());
    }
  }

  async function living(): Promise<number> {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    // A WeakRef holds what it was asked for until the turn ends.
    for (let i = 0; i < 3; i++) {
      await turnOfTheLoop();
      collect();
    }
    return made.filter((memory) => memory.deref() !== undefined).length;
  }

  it(`is released: after ${String(ACTIVATIONS)} activations only the last ones are loaded`, async () => {
    const engine = createPolicyEngine();
    await activateOften(engine, (digests) => digests.slice(-2));
    // Each had a spare while it decided.
    expect(made.length).to.be.within(2 * ACTIVATIONS - 1, 2 * ACTIVATIONS);
    expect(await living()).to.be.within(2, MAY_LIVE);
    expect(engine.counters().activations).to.equal(ACTIVATIONS);
  });

  it('is held while the bundles are kept ready, which this test counts', async () => {
    const engine = createPolicyEngine();
    await activateOften(engine, (digests) => digests);
    expect(await living()).to.be.within(ACTIVATIONS, ACTIVATIONS + 2);
    expect(engine.ready()).to.have.length(ACTIVATIONS);
  });

  it('is released when a trial ends, and when it is restarted', async () => {
    const engine = createPolicyEngine();
    await engine.activate({ ...bundle, digest: 'active' });
    for (let n = 0; n < ACTIVATIONS; n++) {
      const digest = `trial-${String(n)}`;
      await engine.prepare({ ...bundle, digest });
      const role = { digest, since_ms: n };
      engine.assign({ active: 'active', shadow: role, canary: { ...role, percent: 50 } });
      await engine.decide(requestInput());
    }
    engine.assign({ active: 'active' });
    await turnOfTheLoop();
    expect(await living()).to.be.within(1, MAY_LIVE);
  });
});
