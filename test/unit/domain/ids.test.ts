import { expect } from 'chai';
import fc from 'fast-check';
import {
  newDecisionId,
  newShardedId,
  placeOfDecision,
  shardOfId,
} from '../../../src/domain/ids.js';

describe('a decision id', () => {
  it('gives back the shard and the millisecond it was made in, in the shape of the other sharded ids', () => {
    const anyTime = fc.integer({ min: 0, max: 2 ** 48 - 1 });
    fc.assert(
      fc.property(fc.nat(1023), anyTime, (shard, atMs) => {
        const id = newDecisionId(shard, atMs);
        expect(id).to.match(/^dec_\d+_[0-9a-hjkmnp-tv-z]{26}$/);
        expect(placeOfDecision(id)).to.deep.equal({ shard, atMs });
        expect(shardOfId('dec', id, 1024)).to.equal(shard);
      }),
    );
  });

  it('is another one each time, also within a millisecond', () => {
    const ids = Array.from({ length: 10_000 }, () => newDecisionId(3, 1));
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it('has no place when it is anything else', () => {
    for (const id of [
      '',
      'dec_1',
      newShardedId('jti', 1),
      `dec_1_z${'0'.repeat(25)}`,
      'dec_01_x',
    ]) {
      expect(placeOfDecision(id), id).to.equal(undefined);
    }
  });
});
