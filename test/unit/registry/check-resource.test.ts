import { expect } from 'chai';
import {
  checkRegistry,
  checkResourceServerSpec,
  checkResourceSpec,
} from '../../../src/registry/check.js';
import { pointers } from './pointers.js';

describe('checkResourceSpec', () => {
  const base = {
    id: 'stripe',
    audiences: ['https://api.stripe.com'],
    scopes: [{ name: 'read_invoices', risk: 'low', description: 'Read' }],
  };
  const hours = {
    timezone: 'Europe/Berlin',
    days: ['mon', 'friday'],
    start: '08:00',
    end: '24:00',
  };

  it('takes a full resource', () => {
    const spec = {
      ...base,
      description: 'x',
      audiences: ['https://api.stripe.com', 'urn:example:stripe'],
      scopes: [
        ...base.scopes,
        {
          name: 'read:*',
          risk: 'critical',
          description: '',
          honey: true,
          review: false,
          max_ttl_seconds: 5,
        },
      ],
      max_ttl_seconds: 300,
      requires: ['session', 'task'],
      working_hours: hours,
      labels: { a: 'b' },
    };
    expect(checkResourceSpec(spec)).to.deep.equal({ ok: true, value: spec });
  });

  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      name: `s${String(i)}`,
      risk: 'low',
      description: '',
    }));
  const specs: [string, unknown, string][] = [
    ['no audience', { ...base, audiences: [] }, '/audiences'],
    [
      'nine audiences',
      { ...base, audiences: Array.from({ length: 9 }, (_, i) => `https://x/${String(i)}`) },
      '/audiences',
    ],
    ['an audience twice', { ...base, audiences: ['https://x', 'https://x'] }, '/audiences/1'],
    ['a relative audience', { ...base, audiences: ['/api'] }, '/audiences/0'],
    ['an audience with a fragment', { ...base, audiences: ['https://x#y'] }, '/audiences/0'],
    ['an audience with a space', { ...base, audiences: ['https://x y'] }, '/audiences/0'],
    ['no scopes', { ...base, scopes: [] }, '/scopes'],
    ['501 scopes', { ...base, scopes: many(501) }, '/scopes'],
    ['a scope twice', { ...base, scopes: [...base.scopes, ...base.scopes] }, '/scopes/1/name'],
    [
      'an unknown risk',
      { ...base, scopes: [{ name: 'x', risk: 'none', description: '' }] },
      '/scopes/0/risk',
    ],
    [
      'an unknown member of a scope',
      { ...base, scopes: [{ ...base.scopes[0], allow: true }] },
      '/scopes/0',
    ],
    ['an unknown requirement', { ...base, requires: ['mfa'] }, '/requires/0'],
    [
      'a time zone nobody knows',
      { ...base, working_hours: { ...hours, timezone: 'Mars/Olympus' } },
      '/working_hours/timezone',
    ],
    [
      'an offset for a time zone',
      { ...base, working_hours: { ...hours, timezone: '+01:00' } },
      '/working_hours/timezone',
    ],
    [
      'an hour that is not',
      { ...base, working_hours: { ...hours, start: '25:00' } },
      '/working_hours/start',
    ],
    [
      'hours that never are',
      { ...base, working_hours: { ...hours, start: '09:00', end: '09:00' } },
      '/working_hours/end',
    ],
    [
      'a day that is not',
      { ...base, working_hours: { ...hours, days: ['someday'] } },
      '/working_hours/days/0',
    ],
  ];
  for (const [what, spec, pointer] of specs) {
    it(`refuses ${what} at ${pointer}`, () => {
      expect(pointers(checkResourceSpec(spec))).to.deep.equal([pointer]);
    });
  }

  it('refuses two equal audiences, and names the other', () => {
    const spec = { ...base, audiences: ['https://x.example', 'urn:a', 'HTTPS://X.example:443/'] };
    const checked = checkResourceSpec(spec);
    expect(checked.ok ? [] : checked.problems).to.deep.equal([
      { pointer: '/audiences/2', message: 'equals https://x.example' },
    ]);
  });

  it('takes 500 scopes and 8 audiences', () => {
    const audiences = Array.from({ length: 8 }, (_, i) => `https://x/${String(i)}`);
    expect(checkResourceSpec({ ...base, audiences, scopes: many(500) }).ok).to.equal(true);
  });
});

describe('checkResourceServerSpec', () => {
  it('takes ids of resources and nothing else', () => {
    expect(checkResourceServerSpec({ id: 'api', resources: ['stripe'] }).ok).to.equal(true);
    expect(
      pointers(checkResourceServerSpec({ id: 'api', resources: ['https://x'] })),
    ).to.deep.equal(['/resources/0']);
    expect(pointers(checkResourceServerSpec({ id: 'api', resources: [] }))).to.deep.equal([
      '/resources',
    ]);
    expect(pointers(checkResourceServerSpec({ id: 'api' }))).to.deep.equal(['']);
  });
});

describe('checkRegistry', () => {
  const resource = (id: string, uri: string): Record<string, unknown> => ({
    id,
    audiences: [uri],
    scopes: [{ name: 'x', risk: 'low', description: '' }],
  });

  it('accepts a valid document, with absent lists as empty ones', () => {
    expect(checkRegistry({ revision: 3, agents: [{ id: 'a' }] })).to.deep.equal({
      ok: true,
      registry: { revision: 3, agents: [{ id: 'a' }], resources: [], resource_servers: [] },
    });
  });

  it('lists every problem of every entry, and what two entries share', () => {
    const checked = checkRegistry({
      revision: 1,
      agents: [{ id: 'a' }, { id: 'B' }, { id: 'a' }],
      resources: [
        resource('r', 'https://x'),
        resource('r', 'https://y'),
        resource('s', 'https://x'),
      ],
      resource_servers: [
        { id: 'api' },
        { id: 'api', resources: ['r'] },
        { id: 'api', resources: ['r'] },
      ],
    });
    expect(checked.ok ? [] : checked.problems.map(({ pointer }) => pointer)).to.deep.equal([
      '/agents/1/id',
      '/resource_servers/0',
      '/agents/2/id',
      '/resources/1/id',
      '/resource_servers/2/id',
      '/resources/2/audiences/0',
    ]);
  });
});
