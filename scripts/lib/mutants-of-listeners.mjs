/** Guards of the listeners: hosts, roles, proxies. */
export const OF_LISTENERS = [
  {
    name: 'the Host check',
    file: 'src/http/host-guard.ts',
    find: 'if (!isOwnLoopback(name, named, port())) {',
    replace: 'if (name === named) {',
    test: ['test/http/sidecar/statuses.test.ts', 'refuses DNS rebinding: a foreign Host'],
  },
  {
    name: 'any Host for probes only when the admin listener is not on loopback',
    file: 'src/http/listeners.ts',
    find: 'if (isProbe && !isOnLoopback()) refuseBrowsers(call);',
    replace: 'if (isProbe) refuseBrowsers(call);',
    test: ['test/http/probes/statuses.test.ts', 'the probes too when it is on loopback'],
  },
  {
    name: 'any Host for the three probes alone',
    file: 'src/http/listeners.ts',
    find: 'const isProbe = route !== undefined && probes.has(route.operationId);',
    replace: 'const isProbe = route !== undefined;',
    test: ['test/http/probes/statuses.test.ts', 'every other route when it is not on loopback'],
  },
  {
    name: 'the probes listener answers no browser',
    file: 'src/http/listeners.ts',
    find: "refuseBrowsers(call);\n    if (call.method === 'GET'",
    replace: "if (call.method === 'GET'",
    test: ['test/http/probes/statuses.test.ts', 'a browser; no answer has a CORS header'],
  },
  {
    name: 'the roles of an operation',
    file: 'src/http/routes/keys/route.ts',
    find: "path: '/admin/v1/keys/rotate',\n    roles: CHANGE,",
    replace: "path: '/admin/v1/keys/rotate',\n    roles: READ,",
    test: ['test/http/admin/roles.test.ts', 'are those of this table'],
  },
  {
    name: 'a route without roles lets no admin in',
    file: 'src/http/admin-guard.ts',
    find: "if (access === 'anyone') return;",
    replace: 'if (!Array.isArray(access)) return;',
    test: ['test/http/admin/roles.test.ts', 'lets no admin in'],
  },
  {
    name: 'only a trusted proxy names the source',
    file: 'src/http/proxies/source.ts',
    find: 'if (peer.isFinal || !isTrusted(peer.address)) return peer.address;',
    replace: 'if (peer.isFinal) return peer.address;',
    test: ['test/security/proxies.test.ts', 'is not believed: no proxy is trusted'],
  },
  {
    name: 'only a trusted proxy sends a PROXY header',
    file: 'src/http/proxies/admit.ts',
    find: 'if (proxy === undefined || !isTrusted(proxy)) {',
    replace: 'if (proxy === undefined) {',
    test: ['test/security/proxies.test.ts', 'from trusted proxies alone'],
  },
];
