import type { PendingRevocationAnswer } from '../domain/answers.generated.js';
import { connect, show } from './answer.js';
import type { AdminOptions, Cli } from './define.js';
import { EXIT } from './exit-codes.js';
import { usage } from './failure.js';
import type { Answer } from './http-client.js';
import { READER, type Reader } from './values.js';

const outcome: Reader<PendingRevocationAnswer> = READER;

interface RevokeOptions extends AdminOptions {
  readonly by: string;
  readonly value?: string;
  readonly reason: string;
  readonly denyUntilLifted?: boolean;
  readonly lift?: boolean;
}

/** Runs `countersign revoke`: revokes by any dimension, with immediate effect. */
export async function revokeOrLift(cli: Cli, options: RevokeOptions): Promise<void> {
  const { by, reason, lift = false, denyUntilLifted = false } = options;
  if (lift && denyUntilLifted) throw usage('--lift and --deny-until-lifted exclude each other');
  const value = await valueOf(cli, options);
  const deny = denyUntilLifted ? { deny_until_lifted: true } : {};
  const path = lift ? '/revocations/lift' : '/revocations';
  const body = { by, value, reason, ...deny };
  const answer = await (await connect(cli, options)).call('POST', path, { body });
  showOutcome(cli, options, answer, lift ? 'lifted' : 'revoked');
}

async function valueOf({ terminal }: Cli, { by, value }: RevokeOptions): Promise<string> {
  if (by === 'all') return '*';
  const given = value === '-' ? (await terminal.readStdin()).trim() : value;
  if (given === undefined || given === '') throw usage(`--by ${by} needs --value`);
  return given;
}

/** Prints a revocation's outcome. 202, recorded in some shards only, sets the exit code. */
export function showOutcome(
  cli: Cli,
  options: AdminOptions,
  { status, body }: Answer,
  done: string,
): void {
  if (status === 202) cli.exitWith(EXIT.unavailable);
  show(cli, options, body, (terminal) => {
    const id = outcome.text(body, 'rev_id');
    terminal.out(
      status === 202
        ? `${id} is pending: not in shards ${outcome.text(body, 'missing_shards')} yet; completed in the background\n`
        : `${done} everywhere (${id})\n`,
    );
    if (outcome.text(body, 'matched') === 'none') {
      terminal.out('no stored bundle has this revision; check it with: countersign policy ls\n');
    }
  });
}
