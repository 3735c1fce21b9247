/** Guards of the connections to Redis. */
export const OF_REDIS = [
  {
    name: 'a lost keyring is created above the generations of the store',
    file: 'src/token/key-changes.ts',
    find: 'generation: after + 1,',
    replace: 'generation: 1 + 0 * after,',
    test: ['test/unit/token/keyring.test.ts', 'above every generation of the store'],
  },
  {
    name: 'a write that a replica refused is not sent again',
    file: 'src/redis/client.ts',
    find: 'return 1;',
    replace: 'return 2 as 1;',
    test: ['test/integration/redis/read-only.test.ts', 'does not send the refused write again'],
  },
  {
    name: 'clocks of which none was read are not ready',
    file: 'src/app/clock-check.ts',
    find: 'const ok = doubted.length === 0 && missing < slots;',
    replace: 'const ok = doubted.length === 0;',
    test: ['test/unit/redis/clock-check.test.ts', 'is not ready without any answer'],
  },
  {
    name: 'a doubted clock counts although other slots do not answer',
    file: 'src/app/clock-check.ts',
    find: 'const ok = doubted.length === 0 && missing < slots;',
    replace: 'const ok = (doubted.length === 0 || missing > 0) && missing < slots;',
    test: ['test/unit/redis/clock-check.test.ts', 'while one that answers is in doubt'],
  },
  {
    name: 'a keyring that cannot be opened is not ready',
    file: 'src/token/keyring.ts',
    find: 'last && last.generation > generation ? last.error : undefined',
    replace: 'last && last.generation > generation ? undefined : undefined',
    test: ['test/unit/app/keyring-check.test.ts', 'a keyring that this node cannot open'],
  },
  {
    name: 'readiness needs a server that takes writes',
    file: 'src/redis/probe.ts',
    find: 'await server.eval(WRITABLE, 0);',
    replace: 'await server.ping(WRITABLE);',
    test: ['test/integration/redis/read-only.test.ts', 'needs a server that takes writes'],
  },
  {
    name: 'two servers never open one append-only file',
    file: 'src/redis/private/running-server.ts',
    find: 'lock.verify();',
    replace: '',
    test: ['test/unit/redis-private/restart.test.ts', 'another process took over the folder'],
  },
  {
    name: 'production refuses clear text to Redis on another machine',
    file: 'src/config/redis-rules.ts',
    find: "if (profile !== 'production' || elsewhere.length === 0) return [];",
    replace: 'if (elsewhere.length >= 0) return [];',
    test: [
      'test/unit/config/production.test.ts',
      'refuses clear text to a Redis on another machine',
    ],
  },
  {
    name: 'a host that Redis names later is refused in the clear too',
    file: 'src/redis/connectors.ts',
    find: 'refuseClearText(target, host);',
    replace: '',
    test: [
      'test/security/redis-clear-text.test.ts',
      "Cluster: the service's connection sends it nothing",
    ],
  },
  {
    name: 'a primary that Sentinel names is refused in the clear too',
    file: 'src/redis/client.ts',
    find: "refuseClearText(target, address.slice(0, address.lastIndexOf(':')));",
    replace: 'void address;',
    test: [
      'test/security/redis-clear-text.test.ts',
      "Sentinel: the service's connection sends it nothing",
    ],
  },
  {
    name: 'TLS to the primary that Sentinel names',
    file: 'src/redis/client.ts',
    find: '{ enableTLSForSentinelMode: true, sentinelTLS: tls }',
    replace: '{ sentinelTLS: tls }',
    test: [
      'test/security/redis-clear-text.test.ts',
      'Sentinel with TLS that names a primary without',
    ],
  },
  {
    name: 'TLS to the Sentinels',
    file: 'src/redis/connectors.ts',
    find: 'if (tlsOptions === undefined) return createConnection({ host, port });',
    replace: 'if (tlsOptions?.rejectUnauthorized) return createConnection({ host, port });',
    test: [
      'test/security/redis-clear-text.test.ts',
      'Sentinel: the first byte opens a TLS handshake',
    ],
  },
  {
    name: 'certificates are verified whatever the environment says',
    file: 'src/redis/target.ts',
    find: 'rejectUnauthorized: true,',
    replace: '',
    test: ['test/cluster/tls.test.ts', 'NODE_TLS_REJECT_UNAUTHORIZED=0 too'],
  },
];
