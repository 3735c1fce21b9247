import type { Command } from 'commander';
import { segment } from './admin-client.js';
import { connect, defineAdmin, show, type AdminOptions, type Cli } from './define.js';
import { printTable, type Column } from './output.js';
import { showOutcome } from './revoke.js';
import { rowsOf, textOf, timeOf } from './values.js';

const COLUMNS: readonly Column[] = [
  { title: 'KID', value: (row) => textOf(row, 'kid') },
  { title: 'ALG', value: (row) => textOf(row, 'alg') },
  { title: 'STATE', value: (row) => textOf(row, 'state') },
  { title: 'PUBLISHED', value: (row) => timeOf(row, 'published_at_ms') },
  { title: 'ACTIVATED', value: (row) => timeOf(row, 'activated_at_ms') },
  { title: 'RETIRES', value: (row) => timeOf(row, 'retires_at_ms') },
];

/** `countersign key …`: the keys that sign tokens. */
export function keyCommands(program: Command, cli: Cli): void {
  const key = program.command('key').description('the keys that sign tokens');
  defineAdmin(key, 'list', 'list signing keys').action(async (options: AdminOptions) => {
    const { body } = await connect(cli, options).call('GET', '/keys');
    show(cli, options, body, (terminal) => {
      printTable(terminal, COLUMNS, rowsOf(body, 'items'));
    });
  });
  defineAdmin(key, 'rotate', 'ask the worker for a new signing key').action(
    async (options: AdminOptions) => {
      const { body } = await connect(cli, options).call('POST', '/keys/rotate');
      show(cli, options, body, ({ out }) => {
        out('asked for; the next key signs once every JWKS cache can have it\n');
      });
    },
  );
  defineAdmin(key, 'revoke <kid>', 'revoke a key and every token it signed')
    .requiredOption('--reason <text>', 'why; kept in the record')
    .action(async (kid: string, options: AdminOptions & { readonly reason: string }) => {
      const path = `/keys/${segment(kid)}/revoke`;
      const request = { body: { reason: options.reason } };
      const answer = await connect(cli, options).call('POST', path, request);
      showOutcome(cli, options, answer, 'revoked');
    });
}
