import type { Command } from 'commander';
import { defineAdmin, lazily, positiveInteger, wholeNumber, type Cli } from '../../define.js';

/** Defines `countersign policy replay|eval|explain|diff|tighten`: analysis of decisions. */
export function analysisCommands(policy: Command, cli: Cli): void {
  replayCommand(policy, cli);
  defineAdmin(policy, 'eval', 'evaluate one input; nothing is recorded or issued')
    .requiredOption('-i, --input <file>', 'input file, JSON or YAML; - for standard input')
    .option('--bundle <ref>', 'stored bundle: digest, 12 or more hex digits of it, or revision')
    .option(
      '--path <path>',
      'bundle on this machine, folder or tar.gz; evaluated without the service',
    )
    .option('--entrypoint <rule>', 'deciding rule, with --path', 'countersign/decision')
    .action(lazily(cli, () => import('../../policy/eval.js').then((at) => at.evaluate)));
  defineAdmin(policy, 'explain <decision-id>', 'explain a recorded decision')
    .option('--trace', 'print the trace of opa eval, if available')
    .action(lazily(cli, () => import('../../policy/explain.js').then((at) => at.explain)));
  defineAdmin(policy, 'diff <from> <to>', 'compare two bundles: Rego, data, permissions').action(
    lazily(cli, () => import('../../policy/diff.js').then((at) => at.diff)),
  );
  defineAdmin(policy, 'tighten', 'compare granted with used scopes and propose smaller grants')
    .option('--since <when>', 'start: 24h, 30d ago, or a time', '30d')
    .option('--agent <id>', 'only this agent')
    .option('--cases', 'print the test cases of the proposal, as a file for cases/')
    .action(lazily(cli, () => import('../../policy/tighten.js').then((at) => at.tighten)));
}

function replayCommand(policy: Command, cli: Cli): void {
  defineAdmin(policy, 'replay', 'replay recorded decisions through a bundle and list the changes')
    .option('--since <when>', 'start: 15m, 24h, 3d ago, or a time', '24h')
    .option('--until <when>', 'end, in the form of --since')
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
    .option('--sample', 'replay a sample over the whole period, as an activation does')
    .option('--allow-new-grants <n>', 'exit 1 above this number of new grants', wholeNumber, 0)
    .action(lazily(cli, () => import('../../policy/replay.js').then((at) => at.replay)));
}
