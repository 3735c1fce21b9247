import { join } from 'node:path';
import { testsOnNode } from './node-tests.mjs';
import { root } from './root.mjs';

const SOURCES = /\.(ts|mjs|cjs|js)$/;
const REGO = /^rego\/|^scripts\/check-rego\.mjs$|^scripts\/lib\/(rego|opa)/;
const IMAGE = /docker|compose|^src\/|^package|^scripts\/(check-image|setup-compose)/i;
const BUNDLE = /^rego\/|^bundles\/|^scripts\/build-bundle\.mjs$|^scripts\/lib\/opa/;

/**
 * Unit tests for one Node in any case: of scripts and documents, those that spend a minute in opa and in statistics, and
 * the verdicts of admission.
 */
const ONE_NODE =
  /^test\/unit\/(bench|docs|language|image|scripts|patterns|cli\/policy-author|policy\/admission\/(properties|steps)|policy\/fuel\/second-opinion)\b/;

/**
 * The steps of `npm test`. A step is `command` (one check: passed or failed) or `suite`, a folder whose tests count one
 * each; `files` of its test files share a process, `except` are left out, `choose` returns those of the others that run.
 * A suite runs on the newest Node that is tested, or on `node`. A step with `programs` is skipped where they cannot be
 * installed; one with `wants` runs without the tests that need them. They start in this order: first what takes longest
 * in one piece, then what is known soon, last what is small, so that the lanes end together.
 *
 * When all steps run, `besideSuites` is the command instead: what the suites show is not shown twice.
 * For --changed, `reads` are the files a check depends on, and `perFile` makes the command from the changed ones alone.
 */
export const STEPS = [
  {
    name: 'mutate',
    command: script('mutate.mjs', '--lanes', '1'),
    besideSuites: script('mutate.mjs', '--lanes', '1', '--without'),
    reads: /^(src|test|scripts\/lib)\//,
    perFile: (files) => script('mutate.mjs', '--lanes', '1', '--of', files.join(',')),
  },
  {
    name: 'format',
    ...perFile(/./, bin('oxfmt', 'bin/oxfmt', '--check', '--no-error-on-unmatched-pattern'), '.'),
  },
  {
    name: 'types',
    command: bin('typescript-native', 'bin/tsc', '--noEmit', '-p', '.'),
    reads: /\.m?ts$/,
  },
  {
    name: 'walls',
    command: bin(
      ...['dependency-cruiser', 'bin/dependency-cruise.mjs'],
      ...['--config', '.dependency-cruiser.cjs', 'src'],
    ),
    reads: /^src\/|^\.dependency-cruiser/,
  },
  { name: 'dead-code', command: bin('knip', 'bin/knip.js'), reads: /\.(ts|mjs|json)$/ },
  { name: 'lua', command: script('check-lua.mjs'), reads: /\.lua$|lua/ },
  { name: 'sizes', command: script('check-size.mjs'), reads: /\.(ts|mjs|cjs|js|lua|rego)$/ },
  {
    name: 'language',
    command: script('check-language.mjs'),
    reads: /\.(md|ts|mjs|lua|rego|ya?ml)$/,
  },
  { name: 'rego-metadata', command: script('check-rego.mjs', 'metadata'), reads: REGO },
  { name: 'rego-format', command: script('check-rego.mjs', 'format'), reads: REGO },
  { name: 'rego-types', command: script('check-rego.mjs', 'types'), reads: REGO },
  { name: 'rego-tests', command: script('check-rego.mjs', 'tests'), reads: REGO },
  {
    name: 'policy-types',
    command: script('generate-types.mjs', '--check'),
    reads: /^rego\/|^src\/(config|http)\/|types|configuration/,
  },
  { name: 'bundle', command: script('build-bundle.mjs', '--check'), reads: BUNDLE },
  { name: 'lint', ...perFile(SOURCES, bin('oxlint', 'bin/oxlint'), '.') },
  { name: 'patterns', command: script('check-patterns.mjs'), reads: /^src\/|\.json$|patterns?\b/ },
  { name: 'integration', suite: 'test/integration', files: 8, wants: ['logrotate'] },
  { name: 'http', suite: 'test/http', files: 16 },
  { name: 'security', suite: 'test/security', files: 6 },
  { name: 'policy', suite: 'test/policy', files: 4 },
  { name: 'image', command: script('check-image.mjs'), reads: IMAGE },
  { name: 'cluster', suite: 'test/cluster', files: 1 },
  { name: 'property', suite: 'test/property', files: 3 },
  { name: 'unit', suite: 'test/unit', files: 40 },
  {
    name: 'unit-node-22',
    suite: 'test/unit',
    files: 40,
    node: 22,
    except: ONE_NODE,
    choose: testsOnNode,
  },
  {
    name: 'unit-node-20',
    suite: 'test/unit',
    files: 40,
    node: 20,
    except: ONE_NODE,
    choose: testsOnNode,
  },
  { name: 'proxies', suite: 'test/proxies', files: 4, programs: ['haproxy', 'nginx'] },
  { name: 'contract', suite: 'test/contract', files: 4 },
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
