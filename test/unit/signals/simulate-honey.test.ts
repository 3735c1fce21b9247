import { expect } from 'chai';
import type { AuditEvent } from '../../../src/domain/audit.js';
import type { SignalModel } from '../../../src/domain/signal-model.js';
import { Scripted, at, simulated as run } from '../../support/simulated-record.js';

describe('simulation of honey', () => {
  it('counts honey and denial of a request once that a library repeats by another method', () => {
    const model = new Scripted();
    const asked = (seconds: number, members: Partial<AuditEvent>) =>
      at(11 + seconds / 3600, {
        ...{ type: 'access.denied', honey_scopes: 1, resource: '0.1', client: 'c' },
        ...members,
      });
    const [basic, post] = ['client_secret_basic', 'client_secret_post'].map((authentication) => ({
      authentication,
    }));
    const events = [
      asked(0, { ...basic }),
      asked(1, { ...post }),
      asked(1.5, { ...post }),
      asked(2.5, { ...basic, client: 'd' }),
      asked(10, { ...basic, type: 'access.rate_limited' }),
      asked(11, { ...post }),
      asked(20, { ...basic }),
      asked(23, { ...post }),
    ];
    run(events, { model });
    const counted = events.map(({ time_ms: ms }) => {
      const seen = model.seen.filter(({ atMs }) => atMs === ms);
      const sum = (of: 'honeyScopes' | 'denials') => seen.reduce((all, one) => all + one[of], 0);
      return [sum('honeyScopes'), sum('denials')];
    });
    expect(counted).to.deep.equal([
      [1, 1],
      [0, 0],
      [1, 1],
      [1, 1],
      [1, 0],
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
  });

  it('steps up by the score without honey, and stops by the whole score', () => {
    const honey = (anomaly: number): SignalModel => ({
      start: () => ({
        observe: () => ({
          anomaly,
          terms: [{ name: 'honey_60m', value: 1, expected: 0, score: 1.5 }],
        }),
        settle: () => undefined,
      }),
    });
    // 2.25 of the squares are honey; 0.9 has 9 and leaves 6.75, 0.7 has 2.33.
    expect(run([at(11)], { model: honey(0.7) })).to.include({ stepped_up: 0, stopped: 0 });
    expect(run([at(11)], { model: honey(0.89) })).to.include({ stepped_up: 1, stopped: 0 });
    expect(run([at(11)], { model: honey(0.9) })).to.include({ stepped_up: 0, stopped: 1 });
  });
});
