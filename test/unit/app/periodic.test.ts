import { expect } from 'chai';
import { unavailable } from '../../../src/domain/errors.js';
import { errorText } from '../../../src/app/error-text.js';
import { runPeriodically } from '../../../src/app/periodic.js';
import { until } from '../../support/episode.js';

interface Line {
  readonly level: string;
  readonly message: string;
  readonly failures?: number;
  readonly error?: string;
}

/** Runs a task whose turns end as given, and returns what it logged. */
async function linesOf(turns: readonly boolean[]): Promise<readonly Line[]> {
  const lines: Line[] = [];
  const add = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, message, ...fields });
  const log = { debug: add('debug'), info: add('info'), warn: add('warn'), error: add('error') };
  let turn = 0;
  const task = runPeriodically(1, 'limits', log, () => {
    const works = turns[turn++] ?? true;
    const cause = new Error('connect ECONNREFUSED');
    return works ? Promise.resolve() : Promise.reject(unavailable('no limits', cause));
  });
  await until('all turns ran', () => Promise.resolve(turn > turns.length));
  await task.stop();
  return lines;
}

describe('a periodic task', () => {
  it('that fails once is no warning', async () => {
    const lines = await linesOf([false, true]);
    expect(lines.map(({ level }) => level)).to.deep.equal(['debug']);
  });

  it('that fails again is one, with its cause, and says when it works again', async () => {
    const lines = await linesOf([false, false, false, true]);
    expect(lines.map(({ level, failures }) => [level, failures])).to.deep.equal([
      ['debug', 1],
      ['warn', 2],
      ['warn', 3],
      ['info', 3],
    ]);
    expect(lines[1]?.error).to.equal('temporarily_unavailable: no limits: connect ECONNREFUSED');
    expect(lines[3]?.message).to.equal('periodic task works again');
  });
});

describe('the text of an error in the log', () => {
  it('ends with its last cause, once, and without the arguments of a command', () => {
    const reply = new Error(
      "ERR unknown command 'AUTH', with args beginning with: 'user' 'secret'",
    );
    const store = unavailable('the store cannot be reached', reply);
    expect(errorText(store)).to.equal(
      "temporarily_unavailable: the store cannot be reached: ERR unknown command 'AUTH'",
    );
    const outer = unavailable(`analysis failed`, store);
    expect(errorText(outer)).to.match(/^temporarily_unavailable: analysis failed: ERR unknown/);
    expect(errorText(unavailable('read failed: ERR x', new Error('ERR x')))).to.equal(
      'temporarily_unavailable: read failed: ERR x',
    );
  });

  it('of what is no error is the text of it', () => {
    expect(errorText('gone')).to.equal('gone');
  });
});
