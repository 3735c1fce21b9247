import { InvalidArgumentError, type Command } from 'commander';
import { connect, defineAdmin, show, type AdminOptions, type Cli } from '../define.js';
import { pathOf } from './bundles.js';
import { whileWaiting } from './progress.js';
import { printStatus } from './status.js';

interface Reasoned extends AdminOptions {
  readonly reason?: string;
}

/** `countersign policy activate|shadow|canary|rollback`: who decides. */
export function rolloutCommands(policy: Command, cli: Cli): void {
  reasoned(
    defineAdmin(policy, 'activate <bundle>', 'make a bundle the one that decides, on every node'),
  )
    .option(
      '--allow-new-grants <n>',
      'recorded decisions that may get what they were not granted (default: 0)',
      wholeNumber,
    )
    .action(async (ref: string, options: Reasoned & { readonly allowNewGrants?: number }) => {
      const { reason, allowNewGrants: allow_new_grants } = options;
      await change(cli, options, `activating ${ref}`, 'POST', `${pathOf(ref)}/activate`, {
        ...{ reason, allow_new_grants },
      });
    });
  reasoned(defineAdmin(policy, 'shadow [bundle]', 'let a bundle see every request and decide none'))
    .option('--end', 'end the shadow')
    .action(async (ref: string | undefined, options: Reasoned & { readonly end?: true }) => {
      await trial(cli, options, 'shadow', ref, { reason: options.reason });
    });
  reasoned(
    defineAdmin(
      policy,
      'canary [bundle]',
      'let a bundle decide for a share of agents, always the same',
    ),
  )
    .option('--percent <n>', 'the share of agents, 1 to 99', wholeNumber)
    .option('--end', 'end the canary')
    .action(async (ref: string | undefined, options: CanaryOptions) => {
      const { reason, percent } = options;
      await trial(cli, options, 'canary', ref, { reason, percent });
    });
  defineAdmin(policy, 'rollback', 'go back to a bundle that was active before')
    .option('--to <bundle>', 'which one (default: the last one)')
    .requiredOption('--reason <text>', 'why; kept in the record')
    .action(async (options: Reasoned & { readonly to?: string }) => {
      const { to, reason } = options;
      await change(cli, options, 'rolling back', 'POST', '/policy/rollback', { to, reason });
    });
}

interface CanaryOptions extends Reasoned {
  readonly percent?: number;
  readonly end?: true;
}

async function trial(
  cli: Cli,
  options: AdminOptions & { readonly end?: true },
  role: 'shadow' | 'canary',
  ref: string | undefined,
  body: object,
): Promise<void> {
  if (options.end === true) {
    await change(cli, options, `ending the ${role}`, 'DELETE', `/policy/${role}`);
    return;
  }
  if (ref === undefined) throw new InvalidArgumentError(`name a bundle, or --end the ${role}.`);
  if (role === 'canary' && !('percent' in body && body.percent !== undefined)) {
    throw new InvalidArgumentError('a canary needs --percent.');
  }
  await change(cli, options, `starting the ${role}`, 'POST', `${pathOf(ref)}/${role}`, body);
}

async function change(
  cli: Cli,
  options: AdminOptions,
  what: string,
  method: 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<void> {
  const request = { slow: true, ...(body === undefined ? {} : { body }) };
  const answer = connect(cli, options).call(method, path, request);
  const { body: overview } = await whileWaiting(cli.terminal, what, answer);
  show(cli, options, overview, (terminal) => {
    printStatus(terminal, overview);
  });
}

function reasoned(command: Command): Command {
  return command.option('--reason <text>', 'why; kept in the record');
}

function wholeNumber(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number.');
  return Number(text);
}
