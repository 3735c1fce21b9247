import { Option, type Command } from 'commander';
import { REVOCATION_DIMENSIONS } from '../../domain/revocation.js';
import { adminOption, lazily, type Cli } from '../define.js';

/** `countersign revoke`: by any dimension, at once. */
export function revokeCommand(revoke: Command, cli: Cli): void {
  adminOption(revoke)
    .addOption(
      new Option('--by <dimension>', 'what they have in common')
        .choices(REVOCATION_DIMENSIONS)
        .makeOptionMandatory(),
    )
    .option('--value <value>', 'its value; for token - reads the token from standard input')
    .requiredOption('--reason <text>', 'why; kept in the record')
    .option('--deny-until-lifted', 'also deny new requests')
    .option('--lift', 'end such a denial; what was revoked stays revoked')
    .action(lazily(cli, () => import('../revoke.js').then((at) => at.revokeOrLift)));
}
