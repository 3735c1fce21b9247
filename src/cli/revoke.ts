import { Option, type Command } from 'commander';
import { REVOCATION_DIMENSIONS } from '../domain/revocation.js';
import { connect, defineAdmin, show, type AdminOptions, type Cli } from './define.js';
import { EXIT } from './exit-codes.js';
import { usage } from './failure.js';
import type { Answer } from './http-client.js';
import { textOf } from './values.js';

interface RevokeOptions extends AdminOptions {
  readonly by: string;
  readonly value?: string;
  readonly reason: string;
  readonly denyUntilLifted?: boolean;
  readonly lift?: boolean;
}

/** `countersign revoke`: by any dimension, at once. */
export function revokeCommand(program: Command, cli: Cli): void {
  defineAdmin(program, 'revoke', 'revoke tokens by what they have in common, at once')
    .addOption(
      new Option('--by <dimension>', 'what they have in common')
        .choices(REVOCATION_DIMENSIONS)
        .makeOptionMandatory(),
    )
    .option('--value <value>', 'its value; for token - reads the token from standard input')
    .requiredOption('--reason <text>', 'why; kept in the record')
    .option('--deny-until-lifted', 'also deny new requests')
    .option('--lift', 'end such a denial; what was revoked stays revoked')
    .action(async (options: RevokeOptions) => {
      const { by, reason, lift = false, denyUntilLifted = false } = options;
      if (lift && denyUntilLifted) throw usage('--lift and --deny-until-lifted exclude each other');
      const value = await valueOf(cli, options);
      const deny = denyUntilLifted ? { deny_until_lifted: true } : {};
      const path = lift ? '/revocations/lift' : '/revocations';
      const body = { by, value, reason, ...deny };
      const answer = await connect(cli, options).call('POST', path, { body });
      showOutcome(cli, options, answer, lift ? 'lifted' : 'revoked');
    });
}

async function valueOf({ terminal }: Cli, { by, value }: RevokeOptions): Promise<string> {
  if (by === 'all') return '*';
  const given = value === '-' ? (await terminal.readStdin()).trim() : value;
  if (given === undefined || given === '') throw usage(`--by ${by} needs --value`);
  return given;
}

/** 202 means that some shards have it and some do not yet: said, and told by the exit code. */
export function showOutcome(
  cli: Cli,
  options: AdminOptions,
  { status, body }: Answer,
  done: string,
): void {
  if (status === 202) cli.exitWith(EXIT.unavailable);
  show(cli, options, body, (terminal) => {
    const id = textOf(body, 'rev_id');
    terminal.out(
      status === 202
        ? `${id} is pending: not in shards ${textOf(body, 'missing_shards')} yet; it is completed by itself\n`
        : `${done} everywhere (${id})\n`,
    );
  });
}
