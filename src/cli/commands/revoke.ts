import { Option, type Command } from 'commander';
import { REVOCATION_DIMENSIONS } from '../../domain/revocation.js';
import { adminOption, lazily, type Cli } from '../define.js';

/** Defines `countersign revoke`: revocation by any dimension. */
export function revokeCommand(revoke: Command, cli: Cli): void {
  adminOption(revoke)
    .addOption(
      new Option('--by <dimension>', 'common property of the tokens')
        .choices(REVOCATION_DIMENSIONS)
        .makeOptionMandatory(),
    )
    .option('--value <value>', 'value of the property; for token, - reads standard input')
    .requiredOption('--reason <text>', 'reason, kept in the record')
    .option('--deny-until-lifted', 'also deny new requests')
    .option('--lift', 'end such a denial; revoked tokens stay revoked')
    .action(lazily(cli, () => import('../revoke.js').then((at) => at.revokeOrLift)));
}
