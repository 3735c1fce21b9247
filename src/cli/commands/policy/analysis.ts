import type { Command } from 'commander';
import { defineAdmin, lazily, positiveInteger, wholeNumber, type Cli } from '../../define.js';

/** `countersign policy replay|eval|explain|diff|tighten`: what a bundle decides, decided or would decide. */
export function analysisCommands(policy: Command, cli: Cli): void {
  replayCommand(policy, cli);
  defineAdmin(policy, 'eval', 'one input through a bundle; nothing is recorded or issued')
    .requiredOption('-i, --input <file>', 'the input, JSON or YAML; - for standard input')
    .option('--bundle <ref>', 'a stored bundle: digest, 12 or more hex digits of it, or revision')
    .option('--path <path>', 'a bundle on this machine, folder or tar.gz; no service is asked')
    .option('--entrypoint <rule>', 'with --path: the rule that decides', 'countersign/decision')
    .action(lazily(cli, () => import('../../policy/eval.js').then((at) => at.evaluate)));
  defineAdmin(policy, 'explain <decision-id>', 'why a recorded decision came out as it did')
    .option('--trace', 'print the trace of opa eval, where there is one')
    .action(lazily(cli, () => import('../../policy/explain.js').then((at) => at.explain)));
  defineAdmin(policy, 'diff <from> <to>', 'how two bundles differ: Rego, data, permissions').action(
    lazily(cli, () => import('../../policy/diff.js').then((at) => at.diff)),
  );
  defineAdmin(policy, 'tighten', 'granted against used, and the grants that would be enough')
    .option('--since <when>', 'from: 24h, 30d ago, or a time', '30d')
    .option('--agent <id>', 'only this agent')
    .option('--cases', 'print the test cases of the proposal, a file for the bundle’s cases/')
    .action(lazily(cli, () => import('../../policy/tighten.js').then((at) => at.tighten)));
}

function replayCommand(policy: Command, cli: Cli): void {
  defineAdmin(policy, 'replay', 'put recorded decisions through a bundle and say what would change')
    .option('--since <when>', 'from: 15m, 24h, 3d ago, or a time', '24h')
    .option('--until <when>', 'to, likewise')
    .option(
      '--bundle <ref>',
      'digest, 12 or more hex digits of it, or revision (default: the newest pushed)',
    )
    .option('--agent <id>', 'only decisions of this agent')
    .option(
      '--limit <n>',
      'maximum number of decisions, newest first (default: 100000)',
      positiveInteger,
    )
    .option('--allow-new-grants <n>', 'exit 1 above this number of new grants', wholeNumber, 0)
    .action(lazily(cli, () => import('../../policy/replay.js').then((at) => at.replay)));
}
