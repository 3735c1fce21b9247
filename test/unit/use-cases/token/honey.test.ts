import { expect } from 'chai';
import { honeyScopesAmong } from '../../../../src/use-cases/token/honey.js';

describe('honey scopes among those asked for', () => {
  const entry = { risk: 'low' as const, description: '' };
  const catalogue = [
    { ...entry, name: 'export_all', honey: true },
    { ...entry, name: 'dump:*', honey: true },
    { ...entry, name: 'read:*', honey: false },
    { ...entry, name: 'write' },
  ];
  const count = (...scopes: string[]): number => honeyScopesAmong(scopes, catalogue);

  it('counts each scope within a honey entry once', () => {
    expect(count('export_all', 'dump:a', 'dump:a:*', 'read:a', 'write')).to.equal(3);
  });

  it('does not count what reaches honey by a wildcard', () => {
    expect(count('*', 'dump')).to.equal(0);
  });
});
