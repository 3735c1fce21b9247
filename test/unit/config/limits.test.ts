import { expect } from 'chai';
import { stringify } from 'yaml';
import { loadConfig } from '../../../src/config/load.js';
import { ConfigInvalid } from '../../../src/config/problems.js';

const load = (limits: object, env: Record<string, string> = {}) =>
  loadConfig({ COUNTERSIGN_CONFIG: 'c.yaml', ...env }, () => stringify({ limits })).limits;

function problemsOf(limits: object, env: Record<string, string> = {}): string {
  try {
    load(limits, env);
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.message;
    throw error;
  }
  return '';
}

describe('the limits of the configuration', () => {
  it('are costs only, unless budgets are written', () => {
    expect(load({})).to.deep.equal({
      cost: { low: 1, medium: 1, high: 2, critical: 5 },
      shared: { owners: {} },
    });
  });

  it('are taken from the file and the environment', () => {
    const acme = { per_minute: 60, burst: 10 };
    const env = { COUNTERSIGN_LIMITS_GLOBAL_PER_MINUTE: '6000' };
    expect(
      load(
        { cost: { low: 3 }, owner: acme, owners: { 'Acme, Inc.': acme }, global: { burst: 9 } },
        env,
      ),
    ).to.deep.equal({
      cost: { low: 3, medium: 1, high: 2, critical: 5 },
      shared: {
        owner: acme,
        owners: { 'Acme, Inc.': acme },
        global: { per_minute: 6000, burst: 9 },
      },
    });
  });

  it('are refused by halves, at zero and with unknown members', () => {
    expect(problemsOf({ owner: { burst: 3 } })).to.match(/limits.owner.* needs both/);
    expect(problemsOf({ global: { per_minute: 3 } })).to.match(/limits.global.* needs both/);
    expect(problemsOf({ owners: { a: { burst: 3 } } })).to.include('per_minute');
    expect(problemsOf({ cost: { low: 0 } })).to.match(/limits.cost.low/);
    expect(problemsOf({ owner: { burst: 0, per_minute: 1 } })).to.match(/limits.owner.burst/);
    expect(problemsOf({ owners: { a: { burst: 1, per_minute: 1, x: 1 } } })).to.match(
      /limits.owners/,
    );
  });
});
