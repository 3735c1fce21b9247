import { expect } from 'chai';
import fc from 'fast-check';
import { leftBand } from '../../../../src/use-cases/policy/guard.js';

const BAND = { minDecisions: 100, errorShare: 0.01, denialShare: 0.05 };
const counts = (
  change: Partial<Parameters<typeof leftBand>[0]>,
): Parameters<typeof leftBand>[0] => ({
  ...{ decisions: 1000, errors: 0, denials: 100, active_errors: 0, active_denials: 100 },
  ...change,
});

describe('the band of a canary', () => {
  it('holds what does as the active bundle does', () => {
    expect(leftBand(counts({}), BAND)).to.equal(undefined);
    expect(leftBand(counts({ denials: 150 }), BAND), 'just inside').to.equal(undefined);
  });

  it('is left by more denials, and by fewer', () => {
    expect(leftBand(counts({ denials: 151 }), BAND)).to.equal('denial_rate');
    expect(leftBand(counts({ denials: 49 }), BAND)).to.equal('denial_rate');
  });

  it('is left by errors of the canary, not by those of both bundles', () => {
    expect(leftBand(counts({ errors: 11 }), BAND)).to.equal('error_rate');
    expect(leftBand(counts({ errors: 500, active_errors: 500 }), BAND)).to.equal(undefined);
  });

  it('concludes nothing from too few decisions', () => {
    const few = { decisions: 99, errors: 99, denials: 0, active_denials: 0 };
    expect(leftBand(counts(few), BAND)).to.equal(undefined);
    expect(leftBand(counts({ ...few, decisions: 100 }), BAND)).to.equal('error_rate');
  });

  it('never takes back a canary that is the active bundle', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.integer({ min: 1, max: 5000 }), (e, d, n) => {
        const same = { errors: e, active_errors: e, denials: d, active_denials: d, decisions: n };
        expect(leftBand(same, BAND)).to.equal(undefined);
      }),
    );
  });
});
