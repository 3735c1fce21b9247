import { Worker } from 'node:worker_threads';

/** A request that is sent again and again. */
export interface ControlRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the load saw between two moments. */
export interface Seen {
  readonly answers: number;
  /** Time of the slowest answer, in milliseconds. */
  readonly slowestMs: number;
}

/**
 * One request after the other over one connection, 20 ms apart, from a thread of its own.
 * What the test itself computes delays no answer.
 */
export class ControlLoad {
  readonly #worker: Worker;
  readonly #broken: Promise<never>;

  constructor(request: ControlRequest) {
    this.#worker = new Worker(LOAD, { eval: true, workerData: request });
    this.#broken = new Promise((_, reject) => this.#worker.once('error', reject));
    this.#broken.catch(() => undefined);
  }

  /** Returns what the load saw from before the work until after it, over at least `answers` answers. */
  async during(answers: number, work: () => Promise<unknown>): Promise<Seen> {
    await this.#ask({ begin: true });
    await work();
    return (await this.#ask({ end: answers })) as Seen;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(message: object): Promise<unknown> {
    const answer = new Promise((resolve) => this.#worker.once('message', resolve));
    this.#worker.postMessage(message);
    return Promise.race([answer, this.#broken]);
  }
}

/** Commands are carried out between two requests, so that an answer that is due is counted. */
const LOAD = `
  const { request, Agent } = require('node:http');
  const { parentPort, workerData } = require('node:worker_threads');
  const { url, headers, body } = workerData;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const commands = [];
  parentPort.on('message', (command) => commands.push(command));
  const ask = () => new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
    });
    sent.on('error', reject);
    sent.end(body);
  });
  let seen = { answers: 0, slowestMs: 0 };
  const next = () => {
    const [command] = commands;
    if (command === undefined) return;
    if (command.begin) seen = { answers: 0, slowestMs: 0 };
    else if (seen.answers < command.end) return;
    commands.shift();
    parentPort.postMessage(command.begin ? 'begun' : seen);
  };
  (async () => {
    for (;;) {
      const from = performance.now();
      const status = await ask();
      if (status !== 200) throw new Error('the control was answered ' + status);
      const ms = performance.now() - from;
      seen = { answers: seen.answers + 1, slowestMs: Math.max(seen.slowestMs, ms) };
      next();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
`;
