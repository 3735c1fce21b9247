import type { DeliveryAnswer } from '../domain/answers.generated.js';
import { segment } from './admin-client.js';
import { connect, show } from './answer.js';
import type { AdminOptions, Cli } from './define.js';
import { pageQuery, printPage, type PageOptions } from './listing.js';
import type { Column } from './output.js';
import { READER, type Reader } from './values.js';

const delivery: Reader<DeliveryAnswer> = READER;

const COLUMNS: readonly Column[] = [
  { title: 'ID', value: (row) => delivery.text(row, 'id') },
  { title: 'ENDPOINT', value: (row) => delivery.text(row, 'endpoint') },
  { title: 'EVENT', value: (row) => delivery.text(row, 'event_id') },
  { title: 'STATE', value: (row) => delivery.text(row, 'state') },
  { title: 'TRIES', value: (row) => delivery.text(row, 'attempts') },
  { title: 'LAST ERROR', value: (row) => delivery.text(row, 'last_error') },
  { title: 'UPDATED', value: (row) => delivery.time(row, 'updated_at_ms') },
];

/** Runs `countersign deliveries list`. */
export async function listDeliveries(
  cli: Cli,
  options: PageOptions & { readonly state?: string },
): Promise<void> {
  const query = { ...pageQuery(options), state: options.state };
  const request = { query, all: options.all === true };
  const page = await (await connect(cli, options)).list('/deliveries', request);
  printPage(cli, options, page, COLUMNS);
}

/** Runs `countersign deliveries retry`. */
export async function retryDelivery(cli: Cli, id: string, options: AdminOptions): Promise<void> {
  const path = `/deliveries/${segment(id)}/retry`;
  const { body } = await (await connect(cli, options)).call('POST', path);
  show(cli, options, body, ({ out }) => {
    out(`retry of delivery ${id} requested\n`);
  });
}
