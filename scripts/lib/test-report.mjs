const SLOWEST = 10;
const PROGRESS_MS = 60_000;

/** What `npm test` prints, and what it counts. Lines of progress go to stderr. */
export class TestReport {
  passed = 0;
  failed = 0;
  #tests = [];
  #running = new Map();
  #verbose;
  #timer;

  constructor(verbose) {
    this.#verbose = verbose;
    this.#timer = setInterval(() => this.#sayProgress(), PROGRESS_MS);
  }

  say(line) {
    process.stdout.write(`${line}\n`);
  }

  /** Notes that a step has begun; returns what counts its tests. */
  begin(name) {
    const state = { startedMs: performance.now(), tests: 0 };
    this.#running.set(name, state);
    return () => void (state.tests += 1);
  }

  /** Says how a step went: the results of its jobs together. False when something failed. */
  end(name, results) {
    const seconds = ((performance.now() - this.#running.get(name).startedMs) / 1000).toFixed(1);
    this.#running.delete(name);
    const sum = (key) => results.reduce((total, result) => total + result[key], 0);
    const [passed, failed] = [sum('passed'), sum('failed')];
    this.passed += passed;
    this.failed += failed;
    this.#tests.push(
      ...results.flatMap(({ tests = [] }) => tests.map((test) => ({ ...test, step: name }))),
    );
    const counts = failed === 0 ? `${passed}` : `${passed}, ${failed} failed`;
    const note = results.find((result) => result.note !== undefined)?.note;
    const mark = failed === 0 ? 'ok  ' : 'FAIL';
    this.say(`${mark} ${name.padEnd(14)} ${counts} (${seconds} s)${note ? `: ${note}` : ''}`);
    for (const result of results) {
      const shown = result.report !== '' && (this.#verbose || result.failed > 0);
      if (shown) this.say(`${result.report}\n`);
    }
    return failed === 0;
  }

  /** The slowest tests and the count, which is the last line. */
  close() {
    clearInterval(this.#timer);
    const slowest = this.#tests.sort((a, b) => b.ms - a.ms).slice(0, SLOWEST);
    if (slowest.length > 0) this.say('slowest tests:');
    for (const { ms, step, title, file } of slowest) {
      this.say(`  ${(ms / 1000).toFixed(1).padStart(6)} s  ${step}: ${title} (${file})`);
    }
    this.say(`${this.passed} passed, ${this.failed} failed`);
  }

  #sayProgress() {
    const parts = [...this.#running].map(([name, { startedMs, tests }]) => {
      const seconds = Math.round((performance.now() - startedMs) / 1000);
      return `${name}${tests > 0 ? `: ${tests} tests` : ''} … ${seconds} s`;
    });
    if (parts.length > 0) process.stderr.write(`  ${parts.join('; ')}\n`);
  }
}
