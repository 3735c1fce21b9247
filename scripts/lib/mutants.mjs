/**
 * One guard of the service each: the text that is the guard, what stands there without it, and the test that
 * is named for it and must then fail. `find` must occur exactly once, so a mutant cannot go stale unseen.
 */
export const MUTANTS = [
  {
    name: 'the engine heals after a fault',
    file: 'src/policy/wasm/instance.ts',
    find: 'const poisoned = this.live;',
    replace: 'if (this.live) return;\n    const poisoned = this.live;',
    test: ['test/unit/policy/traps/poisoning.test.ts', 'trap 1: 600 rule conflicts'],
  },
  {
    name: 'a floor',
    file: 'src/redis/lua/includes/predicate.lua',
    find: "if not floor or deny == '1' or tonumber(floor) >= record.b then",
    replace: "if not floor or deny == '1' then",
    test: ['test/integration/redis/revocation.test.ts', 'by session cuts'],
  },
  {
    name: 'the epoch check',
    file: 'src/redis/lua/includes/predicate.lua',
    find: "if not epoch or record.e ~= epoch then return 'epoch' end",
    replace: '',
    test: ['test/integration/redis/commit.test.ts', 'epoch check'],
  },
  {
    name: 'the hash check',
    file: 'src/redis/lua/includes/predicate.lua',
    find: "if record.h ~= sha256 then return 'hash' end",
    replace: '',
    test: ['test/integration/redis/commit.test.ts', 'hash check'],
  },
  {
    name: 'the signature check',
    file: 'src/token/verifier.ts',
    find: '!claims || !signatureHolds(token, key.alg, key.publicKey)',
    replace: '!claims',
    test: ['test/security/forged-tokens.test.ts', 'any one bit flipped'],
  },
  {
    name: 'the result clamp',
    file: 'src/policy/clamp.ts',
    find: 'return isScope(scope) && asked.some((wide) => scopeCovers(wide, scope));',
    replace: 'return asked.length > 0 && scope.length > 0;',
    test: ['test/unit/policy/clamp.test.ts', 'grants nothing that was not asked for'],
  },
  {
    name: 'the duplicate check of members',
    file: 'src/request/strict-json.ts',
    find: 'if (names?.has(name)) throw',
    replace: 'if (names === null) throw',
    test: ['test/security/request-smuggling.test.ts', 'is refused at the top'],
  },
  {
    name: 'the duplicate check of tokens',
    file: 'src/redis/lua/commitGrant-7.lua',
    find: 'if known then',
    replace: 'if false then',
    test: ['test/integration/redis/commit.test.ts', 'is idempotent on the jti'],
  },
  {
    name: 'audit before grant',
    file: 'src/redis/lua/commitGrant-7.lua',
    find: 'append_event(meta, ARGV[9])',
    replace:
      "redis.call('SET', KEYS[6], ARGV[8])\nredis.call('SET', KEYS[5], ARGV[6])\nappend_event(meta, ARGV[9])",
    test: ['test/integration/redis/commit.test.ts', 'audit before grant'],
  },
  {
    name: 'the Host check',
    file: 'src/http/host-guard.ts',
    find: 'if (!isOwnLoopback(name, named, port())) {',
    replace: 'if (name === named) {',
    test: ['test/http/sidecar/statuses.test.ts', 'refuses DNS rebinding: a foreign Host'],
  },
  {
    name: 'the refusal of a bundle that is no newer',
    file: 'src/authorize/policy/fresh.ts',
    find: 'if (digest === active.digest || unordered || sequence > highest) return;',
    replace: 'if (digest === active.digest || unordered || sequence > -1) return;',
    test: [
      'test/integration/service/bundle-server.test.ts',
      'under the sequence of the active one',
    ],
  },
  {
    name: 'the signature of a bundle',
    file: 'src/policy/bundle/signature/verify.ts',
    find: 'if (!signatureHolds(key.alg, key.key, token.signed, token.signature)) {',
    replace: 'if (token.signed === undefined) {',
    test: ['test/integration/service/bundle-server.test.ts', "a stranger's signature"],
  },
  {
    name: 'every live node must be ready',
    file: 'src/authorize/policy/make-ready.ts',
    find: 'if (nodes.length > 0 && nodes.every(isReady(digest))) return nodes;',
    replace: 'if (nodes.some(isReady(digest))) return nodes;',
    test: ['test/integration/service/rollout.test.ts', 'that one node cannot make ready'],
  },
  {
    name: 'new grants block an activation',
    file: 'src/authorize/policy/activate.ts',
    find: 'if (allow + wider <= allowed) return;',
    replace: 'if (allow + wider <= Infinity) return;',
    test: ['test/integration/service/rollout.test.ts', 'that would grant what was denied'],
  },
  {
    name: 'a bucket that holds no time is empty',
    file: 'src/redis/lua/includes/budget.lua',
    find: 'bucket.full_at, bucket.mended = bucket.now + depth, true',
    replace: 'bucket.full_at, bucket.mended = 0, true',
    test: ['test/integration/redis/rates-live.test.ts', 'where "full" stood'],
  },
  {
    name: 'shared budgets are charged once a request',
    file: 'src/authorize/shared-rate.ts',
    find: 'charge.shared ??=',
    replace: 'charge.shared =',
    test: ['test/unit/authorize/shared-rate.test.ts', 'are charged once in all rounds'],
  },
  {
    name: 'a leased chunk ends with its limit',
    file: 'src/signals/shared-budgets.ts',
    find: 'known !== undefined && same',
    replace: 'known !== undefined && (same || known.limit !== undefined)',
    test: ['test/unit/signals/shared-budgets.test.ts', 'are dropped when their limit changed'],
  },
];
