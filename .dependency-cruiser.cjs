// The folder walls: who may import whom, and which folder owns which runtime package.

const STAGES = ['registry', 'request', 'identity', 'signals', 'policy', 'token', 'audit'];

const VENDORS = {
  '@open-policy-agent/opa-wasm': 'policy',
  ajv: 'schema',
  'ajv-formats': 'schema',
  bullmq: 'worker',
  commander: 'cli',
  express: 'http',
  'fast-check': 'policy',
  ioredis: 'redis',
  'jsonc-parser': 'schema',
  jsonwebtoken: 'token',
  libsql: 'audit',
  'lru-cache': 'cache',
  pino: 'telemetry',
  'prom-client': 'telemetry',
  standardwebhooks: 'worker',
  'tar-stream': 'policy',
  undici: 'app',
  yaml: 'schema',
};

const { dependencies } = require('./package.json');
const differing = Object.keys({ ...dependencies, ...VENDORS }).filter(
  (name) => !(name in dependencies && name in VENDORS),
);
if (differing.length > 0) throw new Error(`name one owner: ${differing.join(', ')}`);

/** Modules below `src/<folder>` may import, of src, only what is below these folders (and their own). */
function wall(folder, allowed) {
  const names = [folder, ...allowed].join('|');
  return {
    name: `${folder}-knows-only-${allowed.join('-and-') || 'itself'}`,
    severity: 'error',
    from: { path: `^src/${folder}/` },
    to: { path: '^src/', pathNot: `^src/(${names})/` },
  };
}

/** A package's one owner: nothing else in src imports it. */
function owner([vendor, folder]) {
  const escaped = vendor.replaceAll('/', '\\/');
  return {
    name: `${vendor}-belongs-to-${folder}`,
    severity: 'error',
    from: { path: '^src/', pathNot: `^src/${folder}/` },
    to: { path: `(^|/)node_modules/(@types/)?${escaped}(/|$)` },
  };
}

module.exports = {
  forbidden: [
    {
      name: 'domain-imports-nothing',
      comment: "Pure parts of Node's own library (hashing, CRC) are not something it depends on.",
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: ['^src/domain/', '^(crypto|zlib)$'] },
    },
    ...STAGES.map((stage) => wall(stage, ['domain', 'schema', 'cache', 'threads', 'files'])),
    wall('schema', ['domain']),
    wall('cache', ['domain']),
    wall('threads', ['domain']),
    wall('files', ['domain']),
    wall('redis', ['domain', 'files']),
    wall('use-cases', ['domain']),
    wall('http', ['domain', 'use-cases', 'schema']),
    wall('worker', ['domain', 'use-cases', 'schema']),
    wall('telemetry', ['domain', 'use-cases', 'process']),
    wall('process', ['domain', 'config']),
    wall('config', ['domain', 'schema', 'policy', 'redis', 'files']),
    wall('cli', [
      'domain',
      'schema',
      'config',
      'files',
      'policy',
      'process',
      'redis',
      'registry',
      'telemetry',
      'threads',
      'app',
    ]),
    {
      name: 'src-holds-main-alone',
      comment: 'Every other file has a room.',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+\\.ts$', pathNot: '^src/main\\.ts$' },
    },
    ...Object.entries(VENDORS).map(owner),
    {
      name: 'only-the-root-composes',
      comment: 'What knows every part is the composition root and the command line.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/main\\.ts$|^src/(app|cli)/' },
      to: { path: '^src/main\\.ts$|^src/(app|cli)/' },
    },
    {
      name: 'the-worker-alone-writes-the-audit-store',
      comment: 'A process that serves has a reader (ADR 0019).',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(audit/|app/worker)' },
      to: { path: '^src/audit/(store|database)\\.ts$' },
    },
    {
      name: 'source-does-not-import-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'no-cycles',
      comment: 'Imports of types count: a circle of types hides which file declares a contract.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-development-packages-in-the-service',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
    skipAnalysisNotInRules: true,
  },
};
