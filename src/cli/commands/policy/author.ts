import { InvalidArgumentError, Option, type Command } from 'commander';
import { DEFAULT_COVERAGE_PERCENT, SIGNING_ALGORITHMS } from '../../../domain/policy-author.js';
import { collect, define, lazily, type Cli } from '../../define.js';
import { DEFAULT_OUTPUT } from '../../policy/default-paths.js';

/** Defines `countersign policy init|build|test|check`, which run locally without a service. */
export function authorCommands(policy: Command, cli: Cli): void {
  define(policy, 'init <example> <folder>', 'copy an example and its frame into a new folder')
    .addHelpText(
      'after',
      '\nThe folder builds without further options; an unknown example lists all.',
    )
    .action(lazily(cli, () => import('../../policy/init.js').then((at) => at.init)));
  buildCommand(policy, cli);
  define(policy, 'test [folder]', 'run the Rego tests, and the cases in WASM as served')
    .option('--cases <folder>', 'folder of test cases (default: <folder>/cases)')
    .option('--with <folder>', 'folder with more Rego; repeatable', collect)
    .option(
      '--threshold <percent>',
      'share of lines in percent that Rego tests must cover; 0 requires no Rego tests',
      percent,
      DEFAULT_COVERAGE_PERCENT,
    )
    .option('--entrypoint <path>', 'deciding rule (default: countersign/decision)')
    .option('--watch', 'repeat after each change, until Ctrl-C')
    .action(lazily(cli, () => import('../../policy/test.js').then((at) => at.test)));
  define(
    policy,
    'check [path]',
    'check a folder of Rego, or a bundle, against the rules of the service',
  )
    .option('--entrypoint <path>', 'deciding rule (default: countersign/decision)')
    .option('--with <folder>', 'folder with more Rego; repeatable', collect)
    .action(lazily(cli, () => import('../../policy/check.js').then((at) => at.check)));
}

function buildCommand(policy: Command, cli: Cli): void {
  define(policy, 'build [folder]', 'compile a folder of Rego to a bundle')
    .option('-o, --output <file>', `the tar.gz (default: ${DEFAULT_OUTPUT})`)
    .option('--out-folder <folder>', 'folder for the unpacked bundle; replaces a bundle in it')
    .option('--cases <folder>', 'folder of test cases (default: <folder>/cases)')
    .option('--with <folder>', 'folder with more Rego; repeatable', collect)
    .option('--sequence <n>', 'release number; a lower one is refused as a downgrade', sequence)
    .option('--revision <text>', 'name of the content (default: its hash)', revision)
    .option('--signing-key <file>', 'private key (PEM) to sign with')
    .addOption(
      new Option('--signing-alg <alg>', 'algorithm of the key')
        .choices(SIGNING_ALGORITHMS)
        .default('ES256'),
    )
    .option('--signing-key-id <id>', 'key id of the verifier')
    .option('--scope <scope>', 'scope of the signature')
    .action(lazily(cli, () => import('../../policy/build.js').then((at) => at.build)));
}

function sequence(text: string): number {
  const number = Number(text);
  if (/^[0-9]{1,16}$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new InvalidArgumentError('must be a whole number, 0 or more.');
}

function revision(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._:+/=-]{0,127}$/.test(text)) return text;
  throw new InvalidArgumentError('must be 1 to 128 of A-Z a-z 0-9 . _ : + / = -');
}

function percent(text: string): number {
  const number = Number(text);
  if (/^[0-9]{1,3}(\.[0-9]+)?$/.test(text) && number <= 100) return number;
  throw new InvalidArgumentError('must be between 0 and 100.');
}
