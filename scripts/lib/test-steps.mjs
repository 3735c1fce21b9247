import { join } from 'node:path';
import { root } from './root.mjs';

const SOURCES = /\.(ts|mjs|cjs|js)$/;
const REGO = /^rego\/|^scripts\/check-rego\.mjs$|^scripts\/lib\/(rego|opa)/;
const IMAGE = /docker|compose|^src\/|^package|^scripts\/(check-image|setup-compose)/i;
const BUNDLE = /^rego\/|^bundles\/|^scripts\/build-bundle\.mjs$|^scripts\/lib\/opa/;

/**
 * The steps of `npm test`. A step is `command` (one check: passed or failed) or `suite`, a folder whose tests count one
 * each; `files` of its test files share a process, and with `node` they run on another Node. A step with `programs`
 * is skipped where they cannot be installed. They start in this order: first what takes longest in one piece, then what
 * is known soon, last what is small, so that the lanes end together.
 *
 * For --changed, `reads` are the files a check depends on, and `perFile` makes the command from the changed ones alone.
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
    ['language', script('check-language.mjs')],
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

/** A check of files one by one. */
function perFile(reads, command, all) {
  return { command: [...command, all], reads, perFile: (files) => [...command, ...files] };
}

function bin(name, path, ...args) {
  return [join(root, 'node_modules', name, path), ...args];
}

function script(name, ...args) {
  return [join(root, 'scripts', name), ...args];
}
