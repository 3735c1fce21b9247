/** Guards that keep an agent from learning what it holds no grant for. */
export const OF_HONESTY = [
  {
    name: 'a quarantined agent is denied what the policy grants',
    file: 'src/use-cases/token/authorize.ts',
    find: "if (gathered.status !== 'active')",
    replace: 'if (false)',
    test: ['test/http/table/403-quarantined.test.ts', 'is denied every request'],
  },
  {
    name: 'a quarantined agent gets the reasons of a denial',
    file: 'src/use-cases/token/decide.ts',
    find: "if (own.effect === 'deny') return { reasons: own.reasons, denied: true };",
    replace: '',
    test: ['test/security/honesty.test.ts', 'json: honey and quarantine by more denials'],
  },
  {
    name: 'a denial in quarantine is counted',
    file: 'src/redis/lua/countRefusal-5.lua',
    find: "local denied = ARGV[6] == '1' and",
    replace: "local denied = ARGV[6] == '2' and",
    test: ['test/security/honesty.test.ts', 'json: honey and quarantine by more denials'],
  },
  {
    name: 'a honey scope costs as much as an unknown one',
    file: 'src/domain/budget.ts',
    find: 'catalogue.filter(({ honey }) => honey !== true)',
    replace: 'catalogue.filter(() => true)',
    test: ['test/unit/domain/budget.test.ts', 'that of an unknown scope for a honey scope'],
  },
  {
    name: 'honey that a library repeats counts once',
    file: 'src/redis/lua/gatherSignals-7.lua',
    find: 'honey = counted and not repeats and',
    replace: 'honey = counted and',
    test: ['test/security/repeated-by-a-library.test.ts', 'counts once: basic, then post'],
  },
  {
    name: 'a denial that a library repeats counts once',
    file: 'src/use-cases/token/refuse.ts',
    find: 'review || repeats === true',
    replace: 'review',
    test: ['test/security/repeated-by-a-library.test.ts', 'counts once: basic, then post'],
  },
  {
    name: 'one method does not repeat itself',
    file: 'src/redis/lua/gatherSignals-7.lua',
    find: "letters ~= '' and not string.find(letters, ARGV[16], 1, true)",
    replace: "letters ~= ''",
    test: ['test/security/repeated-by-a-library.test.ts', 'counts twice: one method twice'],
  },
  {
    name: 'an assertion without a key for it costs a verification',
    file: 'src/token/assertion-work.ts',
    find: 'if (decoy !== undefined) check(assertion, decoy.alg, decoy.publicKey);',
    replace: '',
    test: ['test/security/assertion-work.test.ts', 'works as much for a client without keys'],
  },
];
