/** Guards of the connections to Redis. */
export const OF_REDIS = [
  {
    name: 'a write that a replica refused is not sent again',
    file: 'src/redis/client.ts',
    find: 'return 1;',
    replace: 'return 2 as 1;',
    test: ['test/integration/redis/read-only.test.ts', 'does not send the refused write again'],
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
];
