import { expect } from 'chai';
import { readResult } from '../../../../src/policy/serving/result.js';

function textOf(ttlSeconds: number, code = 'b'): string {
  const reasons = [code, 'a'].map((each) => ({ rule: 'r', code: each, message: 'm' }));
  const grant = { scopes: ['invoices:read'], ttl_seconds: ttlSeconds };
  return JSON.stringify([{ result: { effect: 'allow', grant, reasons, obligations: [] } }]);
}

function read(text: string): { readonly ttl: number | undefined; readonly codes: string[] } {
  const checked = readResult(text);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const { grant, reasons } = checked.value;
  return { ttl: grant?.ttl_seconds, codes: reasons.map(({ code }) => code) };
}

describe('reading results', () => {
  it('gives each of many texts its own result, however often and in whatever order they come', () => {
    for (let n = 0; n < 2000; n++) {
      const ttl = 1 + ((n * 7919) % 600);
      expect(read(textOf(ttl))).to.deep.equal({ ttl, codes: ['a', 'b'] });
      expect(read(textOf(1))).to.deep.equal({ ttl: 1, codes: ['a', 'b'] });
    }
  });

  it('returns a frozen result, the first time and later', () => {
    for (let n = 0; n < 2; n++) {
      const checked = readResult(textOf(7));
      if (!checked.ok) throw new Error('refused');
      expect(checked.value.grant?.scopes).to.be.frozen;
      expect(checked.value.reasons[0]).to.be.frozen;
      expect(checked.value).to.be.frozen;
    }
  });

  it('refuses a bad text as often as it comes, and takes a long one as often', () => {
    const long = textOf(9, `b${'c'.repeat(1000)}`).replace('"m"', `"${'m'.repeat(1000)}"`);
    for (let n = 0; n < 2; n++) {
      expect(readResult(textOf(0)).ok).to.equal(false);
      expect(readResult(undefined).ok).to.equal(false);
      expect(readResult(long).ok).to.equal(true);
    }
  });
});
