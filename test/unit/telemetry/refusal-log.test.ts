import { expect } from 'chai';
import fc from 'fast-check';
import { createRefusalLog } from '../../../src/app/refusal-log.js';

const WINDOW_MS = 10_000;

function sampled() {
  let nowMs = 1_000_000;
  let unlogged = 0;
  const log = createRefusalLog({ nowMs: () => nowMs }, (count) => (unlogged += count));
  return {
    admit: (kind: string) => log.admit(kind),
    pass: (ms: number) => (nowMs += ms),
    unlogged: () => unlogged,
  };
}

describe('log lines of refused requests', () => {
  it('are ten of a kind in ten seconds, and the next window says how many had none', () => {
    const { admit, pass, unlogged } = sampled();
    const lines = Array.from({ length: 1000 }, () => admit('token invalid_client'));
    expect(lines.filter((line) => line !== undefined)).to.have.length(10);
    expect(unlogged()).to.equal(990);
    pass(WINDOW_MS);
    expect(admit('token invalid_client')).to.deep.equal({ unlogged: 990 });
    expect(admit('token invalid_client')).to.deep.equal({ unlogged: 0 });
  });

  it('of one kind do not hide those of another', () => {
    const { admit } = sampled();
    for (let n = 0; n < 100; n++) admit('token invalid_client');
    expect(admit('introspect invalid_client')).to.deep.equal({ unlogged: 0 });
    expect(admit('token temporarily_unavailable')).to.deep.equal({ unlogged: 0 });
  });

  it('go on after the clock went back', () => {
    const { admit, pass } = sampled();
    for (let n = 0; n < 11; n++) admit('a');
    pass(-3_600_000);
    expect(admit('a')).to.deep.equal({ unlogged: 1 });
  });

  it('account for every refusal', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 4000 }), { maxLength: 300 }), (gaps) => {
        const { admit, pass, unlogged } = sampled();
        let lines = 0;
        let told = 0;
        for (const gap of gaps) {
          pass(gap);
          const line = admit('a');
          if (line === undefined) continue;
          lines += 1;
          told += line.unlogged;
        }
        expect(lines + unlogged()).to.equal(gaps.length);
        expect(told).to.be.at.most(unlogged());
      }),
    );
  });
});
