import { expect } from 'chai';
import { run } from './fake-terminal.js';

describe('doctor and the listeners', () => {
  it('looks at the port of the probes listener when it is on', async () => {
    const env = { COUNTERSIGN_LISTENERS_PROBES_PORT: '0' };
    const off = await run(['doctor'], { env });
    expect(off.out).to.contain('port/admin').and.not.to.contain('port/probes');
    const on = await run(['doctor'], {
      env: { ...env, COUNTERSIGN_LISTENERS_PROBES_ENABLED: 'true' },
    });
    expect(on.out).to.contain('port/probes: 127.0.0.1:0 is free');
  });
});
