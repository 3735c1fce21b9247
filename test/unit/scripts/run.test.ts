import { expect } from 'chai';
import { inLanes } from '../../../scripts/lib/lanes.mjs';
import { run } from '../../../scripts/lib/run.mjs';

const node = (source: string) => [process.execPath, ['--eval', source]] as const;

describe('a command that a step runs', function () {
  this.timeout(60_000);

  it('is ended when it stalls, and reports it', async () => {
    const { code, output } = await run(...node('setInterval(() => {}, 1000)'), {
      stallSeconds: 0.5,
    });
    expect(code).to.equal(null);
    expect(output).to.include('no progress for 0.5 s');
  });

  it('may take any number of stall limits while it writes', async () => {
    const ticks = 'let n = 0; setInterval(() => ++n > 22 ? process.exit(0) : console.log(n), 250)';
    const began = performance.now();
    const { code } = await run(...node(ticks), { stallSeconds: 5 });
    expect(code).to.equal(0);
    expect(performance.now() - began).to.be.greaterThan(5000);
  });

  it('makes progress by messages, which can set another limit', async () => {
    const messages: unknown[] = [];
    const onMessage = (message: unknown) => {
      messages.push(message);
      return 0.3;
    };
    const source = 'process.send("ended"); setInterval(() => {}, 1000)';
    const { code, output } = await run(...node(source), { stallSeconds: 50, onMessage });
    expect(messages).to.deep.equal(['ended']);
    expect(code).to.equal(null);
    expect(output).to.include('no progress for 0.3 s');
  });
});

describe('lanes', () => {
  it('run as many jobs at a time as there are lanes, and answer in the order of the jobs', async () => {
    let running = 0;
    let most = 0;
    const job = (n: number) => async () => {
      most = Math.max(most, ++running);
      for (let i = 0; i < 10 - n; i++) await Promise.resolve();
      running -= 1;
      return n;
    };
    expect(await inLanes([0, 1, 2, 3, 4].map(job), 2)).to.deep.equal([0, 1, 2, 3, 4]);
    expect(most).to.equal(2);
  });
});
