import { expect } from 'chai';
import { connectionOf } from '../../../../bench/anomaly/logs/darpa.js';
import { eventsOf } from '../../../../bench/anomaly/logs/fail2ban.js';
import { logOf } from '../../../../bench/anomaly/logs/log.js';

describe('real logs', () => {
  it('are read line by line from fail2ban, labels before what they label', () => {
    const text = [
      '# failJSON: { "time": "2005-06-21T16:47:48", "match": true , "host": "192.0.2.6" }',
      'Jun 21 16:47:48 one sshd[1]: error: PAM: Authentication failure for x from 192.0.2.6',
      '# failJSON: { "match": false }',
      'Jun 21 16:47:50 one sshd[1]: Connection closed by 192.0.2.7',
      'unlabelled',
    ].join('\n');
    const [failure, other, ...rest] = eventsOf('sshd', text);
    expect(rest).to.have.lengthOf(0);
    expect(failure).to.include({ agent: 'sshd 192.0.2.6', malicious: true, denied: true });
    expect(failure?.atMs).to.equal(Date.UTC(2005, 5, 21, 16, 47, 48));
    // Without its own time it follows the line before.
    expect(other).to.include({
      agent: 'sshd 192.0.2.7',
      malicious: false,
      denied: false,
      type: '',
    });
    expect(other?.atMs).to.equal(failure?.atMs);
  });

  it('are read connection by connection from DARPA', () => {
    expect(connectionOf('10.0.0.1,10.0.0.2,06/01/1998-07:55,neptune')).to.include({
      ...{ agent: '10.0.0.1', resource: '10.0.0.2', type: 'neptune', malicious: true },
      atMs: Date.UTC(1998, 5, 1, 7, 55),
    });
    expect(connectionOf('10.0.0.1,10.0.0.2,06/01/1998-07:55,-').malicious).to.equal(false);
  });

  it('are sorted into agents, each in the order of time', () => {
    const line = (minute: string, from: string, attack: string): string =>
      `${from},b,06/01/1998-07:${minute},${attack}`;
    const { fleet, types } = logOf(
      [line('55', 'x', 'pod'), line('50', 'x', '-'), line('51', 'y', '-')].map(connectionOf),
    );
    expect(fleet.map(({ id }) => id)).to.deep.equal(['x', 'y']);
    expect(types).to.deep.equal([['', 'pod'], ['']]);
  });
});
