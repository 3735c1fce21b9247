import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { CountersignError } from '../../../../src/domain/errors.js';
import { createAdmission } from '../../../../src/policy/admission/admission.js';
import { buildBundle } from '../../../support/bundles/build.js';
import { rejection } from '../engine-of.js';
import { admitPolicy, searchPolicy, SMALL_INPUTS } from './policies.js';

describe('the thread of an admission', function () {
  this.timeout(120_000);

  it('is refused when it runs out of its heap', async () => {
    const data = {
      list: Array.from({ length: 200_000 }, (_, i) => `${String(i)}-${'x'.repeat(40)}`),
    };
    const report = await admitPolicy(
      { rego: searchPolicy(), data },
      { ...SMALL_INPUTS, heapMiB: 16 },
    );
    expect(report.ok).to.equal(false);
    expect(JSON.stringify(report.steps)).to.match(/admission thread failed: .*memory/i);
  });
});

describe('admissions', function () {
  this.timeout(120_000);

  it('run one at a time, with a bounded queue', async () => {
    const archive = readFileSync(buildBundle({ rego: 'decision := 7' }));
    const admission = createAdmission(SMALL_INPUTS, { waitingMax: 1 });
    const [first, second] = [admission.admit(archive), admission.admit(archive)];
    const third = await rejection(admission.admit(archive));
    expect(third)
      .to.be.instanceOf(CountersignError)
      .with.property('code', 'temporarily_unavailable');
    const [one, two] = [await first, await second];
    expect(two.at_ms).to.be.at.least(one.at_ms + one.took_ms - 5);
    expect((await admission.admit(archive)).ok).to.equal(false);
  });
});
