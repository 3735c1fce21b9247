import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import type { AdmissionReport } from '../../src/domain/policy-lifecycle.js';
import { admitBundle } from '../../src/policy/admission/admit-bundle.js';
import { packArchive } from '../../src/policy/bundle/pack.js';
import { buildBundle, fixtureBundle, type BundleSource } from '../support/bundles/build.js';
import {
  failedSteps,
  OPTIONS,
  searchPolicy,
  UNHURRIED,
} from '../unit/policy/admission/policies.js';

/** Times of the control, a harmless bundle that is tested right before; on a quiet machine it takes a second or two. */
const MOST_TIMES = 10;
/** The bounds of a quiet machine, which hold at first; in later attempts the control decides. */
const QUIET = { tookMs: 10_000, lagMs: 250 };
const TICK_MS = 5;
const READER = '"reader" in input.agent.roles';
const NUMBERS = Array.from({ length: 3000 }, (_, i) => i);
/** 4.5 thousand million steps that leave nothing on the heap. */
const ENDLESS =
  'count([1 | some x in data.numbers; some y in data.numbers; some z in data.numbers; x < y; y < z; z < x])';
/** A class of many letters, repeated: linear in the text and very large when compiled. */
const COSTLY =
  'regex.match(`^(\\p{L}{1,100}|\\p{N}{1,100}){1,9}$`, object.get(input.request.declared, "reason", ""))';

interface Hostile {
  readonly what: string;
  readonly source: BundleSource;
  /** The steps it may be found in; the first one is where it is found on an idle machine. */
  readonly steps: readonly string[];
  readonly says: RegExp;
}

/** A policy that does this once a reader asks for what it knows. */
function when(condition: string, data?: unknown): BundleSource {
  return { rego: searchPolicy({ when: `${READER}\n\t${condition}` }), data };
}

/** A policy that does this whatever it is asked. */
function always(condition: string, data?: unknown): BundleSource {
  return { rego: searchPolicy({ wellFormed: `well_formed if ${condition}` }), data };
}

const HOSTILE: readonly Hostile[] = [
  {
    what: 'a comprehension without end on every input',
    source: always(`${ENDLESS} == 0`, { numbers: NUMBERS }),
    steps: ['warm'],
    says: /used all of its fuel/,
  },
  {
    what: 'a comprehension without end when many scopes are asked for',
    source: {
      rego: searchPolicy({
        when: `${READER}\n\tnot slow`,
        rules: `slow if {\n\tcount(input.request.scopes) > 40\n\t${ENDLESS} > 0\n}`,
      }),
      data: { numbers: NUMBERS },
    },
    steps: ['budget', 'properties'],
    says: /more than 50 times the fuel|one evaluation takes|not finished within/,
  },
  {
    what: 'a range of three million',
    source: always('count(numbers.range(1, 3000000)) > 0'),
    steps: ['warm'],
    says: /used all of its fuel|out_of_memory/,
  },
  {
    what: 'a range of three million when it knows the scope',
    source: when('count(numbers.range(1, 3000000)) > 0'),
    steps: ['properties'],
    says: /used all of its fuel|always_decides: out_of_memory|too slow to be tested/,
  },
  {
    what: 'a catastrophic regular expression',
    source: when(`not ${COSTLY}`),
    steps: ['properties', 'budget'],
    says: /used all of its fuel|too slow to be tested|which compiles the patterns it meets|one evaluation takes|out_of_memory|not finished within/,
  },
  {
    what: '50 MB of data',
    source: {
      rego: searchPolicy(),
      data: { list: Array.from({ length: 500_000 }, (_, i) => `${String(i)}${'x'.repeat(95)}`) },
    },
    steps: ['module'],
    says: /^over_limit: [0-9]{8} bytes of data do not fit into 64\.0 MiB/,
  },
  {
    what: 'a builtin that throws on every input',
    source: always('time.parse_rfc3339_ns("never") > 0'),
    steps: ['warm'],
    says: /builtin: time\.parse_rfc3339_ns/,
  },
  {
    what: 'a builtin that throws on some inputs',
    // Known to throw only on what is no hexadecimal number, which most session ids are not.
    source: when('count(hex.decode(object.get(input.request.declared, "session_id", "00"))) > 0'),
    steps: ['properties'],
    says: /^always_decides: builtin: hex\.decode/,
  },
  {
    what: 'memory that grows with every input',
    source: when('count(concat("", [data.blob | some x in numbers.range(1, 20)])) > 0', {
      blob: 'x'.repeat(1_000_000),
    }),
    steps: ['budget', 'properties'],
    says: /make the memory grow|too slow to be tested|out_of_memory|one evaluation takes/,
  },
  {
    what: 'a result that is nested too deeply',
    source: {
      rego: 'decision := {"effect": "deny", "reasons": [], "obligations": [{"id": "x", "type": "alarm", "properties": {"x": json.unmarshal(data.deep)}}]}',
      data: { deep: `${'['.repeat(200)}${']'.repeat(200)}` },
    },
    steps: ['warm'],
    says: /nested too deeply/,
  },
  {
    what: 'a result over the limit',
    source: {
      rego: 'decision := {"effect": "deny", "reasons": [{"rule": "r", "code": "c", "message": data.long}], "obligations": []}',
      data: { long: 'x'.repeat(70_000) },
    },
    steps: ['warm'],
    says: /the result is too large/,
  },
  {
    what: 'an entrypoint that is undefined',
    source: { rego: 'decision := {"effect": "deny"} if input.nothing' },
    steps: ['warm'],
    says: /the decision is undefined/,
  },
  {
    what: 'a number for a decision',
    source: { rego: 'decision := 7' },
    steps: ['warm'],
    says: /must be object/,
  },
  {
    what: 'a list for a decision',
    source: { rego: 'decision := []' },
    steps: ['warm'],
    says: /must be object/,
  },
  {
    what: 'a builtin of chance',
    source: { ...when('rand.intn("x", 2) == 1'), builtins: [{ name: 'rand.intn', arity: 2 }] },
    steps: ['module'],
    says: /missing_builtin: rand\.intn/,
  },
  {
    what: 'a builtin that reaches out',
    source: {
      ...when('http.send({"url": input.request.resource}).status == 200'),
      builtins: [{ name: 'http.send', arity: 1 }],
    },
    steps: ['module'],
    says: /missing_builtin: http\.send/,
  },
];

/** A bundle that is slow or holds the thread does so each time; a busy machine does not. */
const ATTEMPTS = 4;

interface Watched<T> {
  readonly value: T;
  readonly tookMs: number;
  /** The longest that the event loop was held, in milliseconds. */
  readonly maxLagMs: number;
}

/** Does the work with a concurrent timer that is due every few milliseconds, and waits until it came round again after. */
async function watched<T>(work: () => Promise<T>): Promise<Watched<T>> {
  let maxLagMs = 0;
  let dueMs = performance.now() + TICK_MS;
  let ticked = (): void => undefined;
  const timer = setInterval(() => {
    maxLagMs = Math.max(maxLagMs, performance.now() - dueMs);
    dueMs = performance.now() + TICK_MS;
    ticked();
  }, TICK_MS);
  const tick = (): Promise<void> => new Promise((resolve) => (ticked = resolve));
  await tick();
  const startMs = performance.now();
  const value = await work();
  const tookMs = performance.now() - startMs;
  await tick();
  clearInterval(timer);
  return { value, tookMs, maxLagMs };
}

/** The time and the lag that are allowed: those of a quiet machine, or ten times those of the control just now. */
async function allowed(n: number, control: () => Promise<unknown>): Promise<typeof QUIET> {
  if (n === 0) return QUIET;
  const { tookMs, maxLagMs } = await watched(control);
  return {
    tookMs: Math.max(QUIET.tookMs, MOST_TIMES * tookMs),
    lagMs: Math.max(QUIET.lagMs, MOST_TIMES * maxLagMs),
  };
}

describe('hostile bundles', function () {
  this.timeout(900_000);
  const harmless = buildBundle({ rego: searchPolicy() });

  for (const { what, source, steps, says } of HOSTILE) {
    it(`are refused in time and slow down no request: ${what}`, async () => {
      const archive = readFileSync(buildBundle(source));
      for (let n = 0; ; n++) {
        const most = await allowed(n, () => admitBundle(readFileSync(harmless), UNHURRIED));
        const options = { ...OPTIONS, deadlineMs: most.tookMs };
        const { value: report, maxLagMs } = await watched(() => admitBundle(archive, options));
        try {
          expectRefused(report, steps, says);
          expect(maxLagMs, 'lag of the calling thread').to.be.at.most(most.lagMs);
          return;
        } catch (error) {
          if (n === ATTEMPTS - 1) throw error;
        }
      }
    });
  }

  it('are watched by a timer that sees a thread that is held', async () => {
    const { maxLagMs } = await watched(() => {
      const endMs = performance.now() + 2 * QUIET.lagMs;
      while (performance.now() < endMs);
      return Promise.resolve();
    });
    expect(maxLagMs).to.be.greaterThan(QUIET.lagMs);
  });

  for (const [what, bytes] of [
    ['no archive', Buffer.from('not a bundle')],
    ['nothing', Buffer.alloc(0)],
  ] as const) {
    it(`are refused: ${what}`, async () => {
      expectRefused(await admitBundle(bytes, OPTIONS), ['bundle'], /^unreadable: /);
    });
  }

  it('are refused: a module that is no WebAssembly', async () => {
    const { files } = await fixtureBundle({ rego: searchPolicy() });
    const archive = await packArchive(
      new Map([...files, ['policy.wasm', Buffer.from('\0asm no')]]),
    );
    expectRefused(await admitBundle(archive, OPTIONS), ['module'], /^wasm_invalid: /);
  });
});

function expectRefused(report: AdmissionReport, steps: readonly string[], says: RegExp): void {
  const told = JSON.stringify(report.steps);
  expect(report.ok, told).to.equal(false);
  expect(steps, told).to.include(failedSteps(report)[0]);
  const problems = report.steps.flatMap((step) => step.problems ?? []);
  expect(
    problems.some((problem) => says.test(problem)),
    told,
  ).to.equal(true);
}
