import type { Command } from 'commander';
import type { ListAnswer } from './admin-client.js';
import {
  connect,
  defineAdmin,
  positiveInteger,
  show,
  type AdminOptions,
  type Cli,
} from './define.js';
import { printTable, type Column } from './output.js';

export interface PageOptions extends AdminOptions {
  readonly limit?: number;
  readonly cursor?: string;
  readonly all?: boolean;
}

export function pageOptions(command: Command): Command {
  return command
    .option('--limit <n>', 'how many at a time, 1 to 500', positiveInteger)
    .option('--cursor <cursor>', 'go on where an earlier page ended')
    .option('--all', 'follow every page');
}

/** The query members of the page options. */
export function pageQuery({ limit, cursor }: PageOptions): Record<string, string | undefined> {
  return { limit: limit === undefined ? undefined : String(limit), cursor };
}

export interface Listing {
  readonly path: string;
  readonly what: string;
  readonly columns: readonly Column[];
}

/** A `list` command over one collection of the admin API. */
export function listCommand(parent: Command, cli: Cli, listing: Listing): void {
  pageOptions(defineAdmin(parent, 'list', `list ${listing.what}`)).action(
    async (options: PageOptions) => {
      const request = { query: pageQuery(options), all: options.all === true };
      printPage(cli, options, await connect(cli, options).list(listing.path, request), listing);
    },
  );
}

/** A table, or `{items, next_cursor}` as JSON; says on stderr how to see more. */
export function printPage(
  cli: Cli,
  options: PageOptions,
  page: ListAnswer,
  { columns }: Pick<Listing, 'columns'>,
  more: Readonly<Record<string, unknown>> = {},
): void {
  const document = { items: page.items, next_cursor: page.nextCursor ?? null, ...more };
  show(cli, options, document, (terminal) => {
    printTable(terminal, columns, page.items);
    if (page.nextCursor !== undefined) {
      terminal.err(`there is more: --all, or --cursor ${page.nextCursor}\n`);
    }
  });
}
