import type { Command } from 'commander';
import { connect, defineAdmin, show, type AdminOptions, type Cli } from '../define.js';
import { bundleCommands } from './bundles.js';
import { whileWaiting } from './progress.js';
import { rolloutCommands } from './rollout.js';
import { printStatus } from './status.js';
import { buildCommand } from './build.js';
import { initCommand } from './init.js';
import { testCommand } from './test.js';
import { checkCommand } from './check.js';
import { replayCommand } from './replay.js';
import { evalCommand } from './eval.js';
import { explainCommand } from './explain.js';
import { diffCommand } from './diff.js';
import { tightenCommand } from './tighten.js';

/** `countersign policy …`: the bundle that decides. */
export function policyCommands(program: Command, cli: Cli): void {
  const policy = program
    .command('policy')
    .description('write, try and ship the bundle that decides');
  initCommand(policy, cli);
  buildCommand(policy, cli);
  testCommand(policy, cli);
  checkCommand(policy, cli);
  replayCommand(policy, cli);
  evalCommand(policy, cli);
  explainCommand(policy, cli);
  diffCommand(policy, cli);
  tightenCommand(policy, cli);
  bundleCommands(policy, cli);
  rolloutCommands(policy, cli);
  defineAdmin(policy, 'status', 'which bundle decides, what is on trial, and the nodes').action(
    async (options: AdminOptions) => {
      const { body } = await connect(cli, options).call('GET', '/policy');
      show(cli, options, body, (terminal) => {
        printStatus(terminal, body);
      });
    },
  );
  defineAdmin(
    policy,
    'reload',
    'take what the source has; a refused bundle changes nothing',
  ).action(async (options: AdminOptions) => {
    const answer = connect(cli, options).call('POST', '/policy/reload', { slow: true });
    const { body } = await whileWaiting(cli.terminal, 'taking the bundle of the source', answer);
    show(cli, options, body, (terminal) => {
      printStatus(terminal, body);
    });
  });
}
