import type { Command } from 'commander';
import { connect, defineAdmin, show, type AdminOptions, type Cli } from '../define.js';
import { printFields } from '../output.js';
import { diffCommand } from './diff.js';
import { evalCommand } from './eval.js';
import { explainCommand } from './explain.js';
import { replayCommand } from './replay.js';
import { tightenCommand } from './tighten.js';
import type { Terminal } from '../terminal.js';
import { textOf, timeOf } from '../values.js';

/** `countersign policy …`: the bundle that decides. */
export function policyCommands(program: Command, cli: Cli): void {
  const policy = program.command('policy').description('the bundle that decides');
  defineAdmin(policy, 'status', 'which bundle decides').action(async (options: AdminOptions) => {
    const { body } = await connect(cli, options).call('GET', '/policy');
    show(cli, options, body, (terminal) => {
      printStatus(terminal, body);
    });
  });
  defineAdmin(policy, 'reload', 'load the bundle on disk; a refused one changes nothing').action(
    async (options: AdminOptions) => {
      const { body } = await connect(cli, options).call('POST', '/policy/reload');
      show(cli, options, body, (terminal) => {
        printStatus(terminal, body);
      });
    },
  );
  replayCommand(policy, cli);
  explainCommand(policy, cli);
  evalCommand(policy, cli);
  diffCommand(policy, cli);
  tightenCommand(policy, cli);
}

function printStatus(terminal: Terminal, body: unknown): void {
  printFields(terminal, [
    ['revision', textOf(body, 'revision')],
    ['source', textOf(body, 'source')],
    ['entrypoint', textOf(body, 'entrypoint')],
    ['opa', textOf(body, 'opa_version')],
    ['active since', timeOf(body, 'activated_at_ms')],
    ['last refused', textOf(body, 'last_refusal', 'detail')],
  ]);
}
