'use strict';

/** A time limit ends a test that hangs; beside other processes on a slow machine it must not end one that works. */
const PATIENCE = 5;

/**
 * The reporter of `npm test`: sends `{ kind, title, file, ms, error? }` to the parent process after each test,
 * and `{ kind: 'end' }` after the last.
 */
module.exports = class TestReporter {
  constructor(runner) {
    const send = (message) => process.send(message);
    const tell = (kind, { file, duration, ...test }, error) =>
      send({ kind, title: test.fullTitle, file, ms: duration ?? 0, error: describe(error) });
    const plain = (test) => ({
      file: test.file ?? test.parent?.file,
      duration: test.duration,
      fullTitle: test.fullTitle(),
    });
    runner.on('start', () => extendLimits(runner.suite));
    runner.on('pass', (test) => tell('pass', plain(test)));
    runner.on('fail', (test, error) => tell('fail', plain(test), error));
    runner.on('pending', (test) =>
      tell('fail', plain(test), { message: 'pending: a test is not to be skipped' }),
    );
    runner.on('hook end', (hook) => tell('hook', plain(hook)));
    runner.once('end', () => send({ kind: 'end' }));
  }
};

function extendLimits(suite) {
  const hooks = [suite._beforeAll, suite._beforeEach, suite._afterEach, suite._afterAll].flat();
  for (const one of [...hooks, ...suite.tests]) one.timeout(one.timeout() * PATIENCE);
  for (const one of suite.suites) extendLimits(one);
}

function describe(error) {
  if (error === undefined) return undefined;
  const { message, stack, expected, actual } = error;
  const text = (value) => {
    if (value === undefined || typeof value === 'string') return value;
    try {
      return JSON.stringify(value, undefined, 2);
    } catch {
      return String(value);
    }
  };
  return { text: String(stack ?? message), expected: text(expected), actual: text(actual) };
}
