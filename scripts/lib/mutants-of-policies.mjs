/** Guards of the policy engine and of the life cycle of bundles. */
export const OF_POLICIES = [
  {
    name: 'a repeat of a request without fuel',
    file: 'src/policy/serving/guarded-evaluation.ts',
    find: 'if (this.refuseRepeats && this.exhausted.has(input, bundle.digest, nowMs)) {',
    replace: 'if (false) {',
    test: ['test/unit/policy/fuel/repeats.test.ts', 'is not evaluated again for a minute'],
  },
  {
    name: 'the rollback of an exhausted bundle: requests of the agents themselves',
    file: 'src/policy/serving/guarded-evaluation.ts',
    find: 'if (isOwn(input)) bundle.',
    replace: 'bundle.',
    test: ['test/unit/policy/fuel/repeats.test.ts', 'of a question by another caller is none'],
  },
  {
    name: 'the rollback of an exhausted bundle: not to one that was left by a rollback',
    file: 'src/use-cases/policy/exhaustion.ts',
    find: 'if (earlier.left_by_rollback === true)',
    replace: 'if (false)',
    test: ['test/unit/use-cases/policy/exhaustion.test.ts', 'never goes back to a bundle that an'],
  },
  {
    name: 'the rollback of an exhausted bundle: several agents',
    file: 'src/use-cases/policy/exhaustion.ts',
    find: 'agents.length < MIN_AGENTS || ',
    replace: '',
    test: ['test/unit/use-cases/policy/exhaustion.test.ts', 'never because of one agent'],
  },
  {
    name: 'the rollback of an exhausted bundle: the replay gate',
    file: 'src/use-cases/policy/exhaustion.ts',
    find: 'await passReplay(deps, record, { allowNewGrants: 0 }, context);',
    replace: "{ verdict: 'replayed' } as never;",
    test: ['test/unit/use-cases/policy/exhaustion.test.ts', 'is refused by a replay that finds'],
  },
  {
    name: 'the rollback of an exhausted bundle: only live nodes count',
    file: 'src/app/policy/exhaustion-watch.ts',
    find: 'nowMs - seenMs <= LIVE_MS && ',
    replace: 'nowMs >= seenMs && ',
    test: ['test/unit/use-cases/policy/exhaustion-watch.test.ts', 'silent for five seconds'],
  },
  {
    name: 'a module is valid before it gets its fuel',
    file: 'src/policy/wasm/fuel/add-fuel.ts',
    find: 'if (!WebAssembly.validate(original)) throw',
    replace: 'if (original.length === 0) throw',
    test: ['test/unit/policy/fuel/refused.test.ts', 'by writing one global too many'],
  },
  {
    name: 'a loop pays for each turn',
    file: 'src/policy/wasm/fuel/segments.ts',
    find: 'this.current.push(this.start(at, TURN_UNITS));\n  }\n\n  /** Leaves',
    replace: 'this.current.push(this.around(1));\n  }\n\n  /** Leaves',
    test: ['test/unit/policy/fuel/turns.test.ts', 'of a loop: as many units for each turn'],
  },
];
