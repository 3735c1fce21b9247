import { join } from 'node:path';
import { root } from './root.mjs';

/**
 * The steps of `npm test`, in their order. A step is `command` (one check: passed or failed), `mocha` (folders
 * whose tests count one each) or both `mocha` and `node` (the same on another Node). A step with `programs` is skipped
 * where they cannot be installed. `quiet` steps read files only and may run two at a time.
 */
export const STEPS = [
  ...[
    ['format', bin('prettier', 'bin/prettier.cjs', '--check', '.')],
    ['lint', bin('eslint', 'bin/eslint.js', '.')],
    ['types', bin('typescript', 'bin/tsc', '--noEmit', '-p', 'tsconfig.json')],
    [
      'walls',
      bin(
        'dependency-cruiser',
        'bin/dependency-cruise.mjs',
        '--config',
        '.dependency-cruiser.cjs',
        'src',
      ),
    ],
    ['dead-code', bin('knip', 'bin/knip.js')],
    ['lua', script('check-lua.mjs')],
    ['sizes', script('check-size.mjs')],
    ['patterns', script('check-patterns.mjs')],
    ['rego-metadata', script('check-rego.mjs', 'metadata')],
    ['rego-format', script('check-rego.mjs', 'format')],
    ['rego-types', script('check-rego.mjs', 'types')],
    ['rego-tests', script('check-rego.mjs', 'tests')],
    ['policy-types', script('generate-types.mjs', '--check')],
    ['bundle', script('build-bundle.mjs', '--check')],
  ].map(([name, command]) => ({ name, command, quiet: true })),
  ...['unit', 'property', 'security', 'policy', 'contract', 'integration', 'http', 'cluster'].map(
    (name) => ({ name, mocha: [`test/${name}`] }),
  ),
  { name: 'proxies', mocha: ['test/proxies'], programs: ['haproxy', 'nginx'] },
  { name: 'unit-node-22', mocha: ['test/unit'], node: 22 },
  { name: 'unit-node-24', mocha: ['test/unit'], node: 24 },
  { name: 'image', command: script('check-image.mjs') },
  { name: 'mutate', command: script('mutate.mjs') },
];

function bin(name, path, ...args) {
  return [join(root, 'node_modules', name, path), ...args];
}

function script(name, ...args) {
  return [join(root, 'scripts', name), ...args];
}
