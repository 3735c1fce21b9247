/** Guards of the gates that a bundle passes before it decides. */
export const OF_GATES = [
  {
    name: 'new grants block an activation',
    file: 'src/use-cases/policy/replay-gate.ts',
    find: 'if (sample.new_grants > allowNewGrants) throw',
    replace: 'if (sample.new_grants > Infinity) throw',
    test: ['test/unit/use-cases/policy/replay-gate.test.ts', 'new grants beyond the allowance'],
  },
  {
    name: 'a replay that covers too little blocks an activation',
    file: 'src/use-cases/policy/replay-gate.ts',
    find: "if (sample.verdict === 'low_coverage') throw",
    replace: 'if (sample.strata < 0) throw',
    test: ['test/unit/use-cases/policy/replay-gate.test.ts', 'a sample that covers too little'],
  },
  {
    name: 'a canary passes the replay gate',
    file: 'src/use-cases/policy/trial.ts',
    find: "order.role === 'canary' ? await passReplay(deps, admitted, order, context) : undefined;",
    replace: 'undefined as Awaited<ReturnType<typeof passReplay>> | undefined;',
    test: ['test/security/blinded-gate.test.ts', 'by a canary in place of an activation'],
  },
  {
    name: 'every agent is in the sample before any agent is twice',
    file: 'src/policy/analysis/replay/sample.ts',
    find: 'return turns.sort((a, b) => a.turn - b.turn).map',
    replace: 'return turns.map',
    test: [
      'test/unit/policy/analysis/replay/sample.test.ts',
      'has every agent before any gives a second stratum',
    ],
  },
  {
    name: 'a sample that was not read to its end covers less',
    file: 'src/policy/analysis/replay/sample.ts',
    find: 'this.strata.full ? 0 : share * this.readShare',
    replace: 'this.strata.full ? 0 : share',
    test: ['test/unit/policy/analysis/replay/sample.test.ts', 'reduced by what was not read'],
  },
  {
    name: 'the fuel of a replay is that of a fresh instance',
    file: 'src/policy/wasm/live.ts',
    find: 'const always = options.asFresh === true && used > 0;',
    replace: 'const always = false;',
    test: [
      'test/unit/policy/analysis/replay/cold-judge.test.ts',
      'finds that an input runs out which a used instance decides',
    ],
  },
  {
    name: 'the agents of a canary follow from its salt',
    file: 'src/policy/serving/trial.ts',
    find: 'if (salt === undefined) return crc32',
    replace: "if (salt !== '') return crc32",
    test: ['test/unit/policy/serving/roles.test.ts', 'cannot be computed from the digest'],
  },
  {
    name: 'the salt of a canary is in no answer',
    file: 'src/http/routes/policy/schema.ts',
    find: 'overview.canary === undefined ? undefined : withoutSalt(overview.canary)',
    replace: 'overview.canary === undefined ? undefined : (withoutSalt, overview.canary)',
    test: ['test/http/policy/statuses.test.ts', 'who decides, what is on trial'],
  },
  {
    name: 'a bundle of which nothing is granted is refused',
    file: 'src/policy/admission/steps/properties.ts',
    find: '...(accepted ? [] : because.map((why) => `untested: ${why}`)),',
    replace: '',
    test: ['test/unit/policy/admission/untested.test.ts', 'is refused where nothing is granted'],
  },
  {
    name: 'an untested bundle decides only for a caller who accepts it',
    file: 'src/use-cases/policy/admit.ts',
    find: 'if (admitted.report.tested === false && wish.decides && wish.allowUntested !== true) {',
    replace: 'if (admitted.report.tested === undefined) {',
    test: ['test/unit/use-cases/policy/untested.test.ts', 'gets no role without the flag'],
  },
  {
    name: 'no input of a replay hides another with an equal request',
    file: 'src/policy/analysis/replay/judge.ts',
    find: 'refuseRepeats: false',
    replace: 'refuseRepeats: true',
    test: [
      'test/unit/policy/analysis/replay/cold-judge.test.ts',
      'although an equal request of the agent ran out',
    ],
  },
];
