import { expect } from 'chai';
import { rateOf } from '../../../src/registry/rate.js';

describe('rateOf', () => {
  it('is the default for what is not written', () => {
    expect(rateOf({})).to.deep.equal({
      per_minute: 300,
      burst: 60,
      resource_per_minute: 120,
      resource_burst: 30,
    });
    expect(rateOf({ rate: { burst: 5 } })).to.include({ per_minute: 300, burst: 5 });
  });
});
