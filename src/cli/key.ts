import type { KeyAnswer } from '../domain/answers.generated.js';
import { segment } from './admin-client.js';
import { connect, show } from './answer.js';
import type { AdminOptions, Cli } from './define.js';
import { printTable, type Column } from './output.js';
import { itemsOf } from './page.js';
import { showOutcome } from './revoke.js';
import { READER, type Reader } from './values.js';

const key: Reader<KeyAnswer> = READER;

const COLUMNS: readonly Column[] = [
  { title: 'KID', value: (row) => key.text(row, 'kid') },
  { title: 'ALG', value: (row) => key.text(row, 'alg') },
  { title: 'STATE', value: (row) => key.text(row, 'state') },
  { title: 'PUBLISHED', value: (row) => key.time(row, 'published_at_ms') },
  { title: 'ACTIVATED', value: (row) => key.time(row, 'activated_at_ms') },
  { title: 'RETIRES', value: (row) => key.time(row, 'retires_at_ms') },
];

/** Runs `countersign key list`. */
export async function listKeys(cli: Cli, options: AdminOptions): Promise<void> {
  const { body } = await (await connect(cli, options)).call('GET', '/keys');
  show(cli, options, body, (terminal) => {
    printTable(terminal, COLUMNS, itemsOf(body));
  });
}

/** Runs `countersign key rotate`. */
export async function rotateKeys(cli: Cli, options: AdminOptions): Promise<void> {
  const { body } = await (await connect(cli, options)).call('POST', '/keys/rotate');
  show(cli, options, body, ({ out }) => {
    out('rotation requested; the next key signs once every JWKS cache can contain it\n');
  });
}

/** Runs `countersign key revoke`. */
export async function revokeKey(
  cli: Cli,
  kid: string,
  options: AdminOptions & { readonly reason: string },
): Promise<void> {
  const path = `/keys/${segment(kid)}/revoke`;
  const request = { body: { reason: options.reason } };
  const answer = await (await connect(cli, options)).call('POST', path, request);
  showOutcome(cli, options, answer, 'revoked');
}
