import { expect } from 'chai';
import type { PolicyResult } from '../../../../src/domain/policy.js';
import { CasesInvalid, compareCase, parseCases } from '../../../../src/policy/author/cases.js';

const RESOURCES = { bank: { audiences: ['https://bank.test'], scopes: [] } };
const ASK = { resource: 'bank', scopes: ['pay', 'read'] };

function file(cases: readonly object[], more: object = {}): string {
  return JSON.stringify({ about: 'a', resources: RESOURCES, ...more, cases });
}

function parse(texts: Readonly<Record<string, string>>): ReturnType<typeof parseCases> {
  return parseCases(new Map(Object.entries(texts)));
}

function problems(texts: Readonly<Record<string, string>>): readonly string[] {
  try {
    parse(texts);
  } catch (error) {
    if (error instanceof CasesInvalid) return error.problems;
    throw error;
  }
  return [];
}

const ALLOWED: PolicyResult = {
  effect: 'allow',
  grant: { scopes: ['read', 'pay'], ttl_seconds: 300 },
  reasons: [{ rule: 'r', code: 'c', message: 'm' }],
  obligations: [{ id: 'o', type: 'alarm', properties: { signal: 's' } }],
};

describe('policy cases', () => {
  it('need no more than an agent, a resource and what is asked', () => {
    const [one] = parse({ 'a.json': file([{ name: 'x', ask: ASK, expect: { effect: 'allow' } }]) });
    expect(one?.input).to.deep.include({
      request: { ...ASK, ttl_seconds: 300, declared: {} },
      resource: { id: 'bank', ...RESOURCES.bank },
      approval: null,
    });
  });

  it('start from another file, and patch what it gives', () => {
    const [one] = parse({
      'base.json': file([{ name: 'x', ask: ASK, expect: { effect: 'deny' } }], {
        base: { agent: { roles: ['teller'], labels: { team: 'a' } }, approval: null },
      }),
      'b.json': JSON.stringify({
        about: 'b',
        from: 'base.json',
        base: { agent: { id: 'b' } },
        cases: [
          {
            name: 'x',
            ask: { ...ASK, ttl_seconds: 60, declared: { task_id: 't' } },
            at: '2026-01-01T00:00:00+01:00',
            input: { agent: { labels: { team: null } } },
            expect: { effect: 'deny' },
          },
        ],
      }),
    }).slice(1);
    expect(one?.input.agent).to.deep.include({ id: 'b', roles: ['teller'], labels: {} });
    expect(one?.input.approval).to.equal(null);
    expect(one?.input.request).to.deep.include({ ttl_seconds: 60, declared: { task_id: 't' } });
    expect(one?.input.now.unix_ms).to.equal(Date.parse('2025-12-31T23:00:00Z'));
  });

  it('say everything that is wrong with them, with file and name', () => {
    const bad = { name: 'x', ask: { ...ASK, resource: 'shop' }, expect: { effect: 'deny' } };
    const found = problems({
      'a.json': '{',
      'b.json': JSON.stringify({ about: 'b', from: 'none.json', casez: [] }),
      'c.json': file([bad, { ...bad, ask: { ...ASK, ttl_seconds: 1.5 } }], { from: 'none.json' }),
      'd.json': file([{ ...bad, ask: ASK, breaks_schema: true }]),
    }).join('\n');
    expect(found)
      .to.contain('a.json: ')
      .and.contain('b.json: must NOT have additional properties (casez)')
      .and.contain('c.json: from: no readable file none.json')
      .and.contain('c.json: x: no entry of `resources` is named shop')
      .and.contain('c.json: x: two cases have this name')
      .and.contain('c.json: x: input at /request/ttl_seconds: must be integer')
      .and.contain('d.json: x: breaks_schema, but its input does not');
  });

  it('cannot reach the prototypes of the process', () => {
    const input = JSON.parse('{"__proto__": {"polluted": 1}}') as object;
    const one = `{"about":"a","resources":{"bank":{"audiences":[],"scopes":[]}},"cases":[{"name":"x",
      "ask":{"resource":"constructor","scopes":[]},"input":${JSON.stringify(input)},"expect":{"effect":"deny"}}]}`;
    expect(problems({ 'a.json': one }).join()).to.contain('no entry of `resources` is named');
    expect(({} as { polluted?: number }).polluted).to.equal(undefined);
  });
});

describe('a result that is compared with a case', () => {
  const compare = (expectation: object, result = ALLOWED): string[] => {
    const texts = { 'a.json': file([{ name: 'x', ask: ASK, expect: expectation }]) };
    return compareCase(parse(texts)[0]!, result);
  };

  it('passes whatever the order of its lists', () => {
    expect(
      compare({ effect: 'allow', ttl_seconds: 300, codes: ['c'], alarms: ['s'] }),
    ).to.deep.equal([]);
  });

  it('fails with each member that differs', () => {
    const more = { ttl_seconds: 60, codes: [], rules: ['q'], approvers: ['a'], obligations: [] };
    expect(
      compare({ effect: 'narrow', scopes: ['pay'], removed: { a: 'b' }, ...more }),
    ).to.deep.equal([
      'effect: expected "narrow", got "allow"',
      'scopes: expected ["pay"], got ["pay","read"]',
      'ttl_seconds: expected 60, got 300',
      'removed: expected {"a":"b"}, got {}',
      'codes: expected [], got ["c"]',
      'rules: expected ["q"], got ["r"]',
      'alarms: expected [], got ["s"]',
      'approvers: expected ["a"], got []',
      'obligations: expected [], got ["alarm"]',
    ]);
  });

  it('fails when it grants more than was asked, or anything where nothing was expected', () => {
    const wide = { ...ALLOWED, grant: { scopes: ['pay', 'read', 'x'], ttl_seconds: 1 } };
    expect(compare({ effect: 'allow', alarms: ['s'] }, wide)).to.have.length(1);
    expect(compare({ effect: 'deny', alarms: ['s'] })).to.have.length(3);
  });
});
