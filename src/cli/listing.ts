import type { ListAnswer } from './admin-client.js';
import { connect, show } from './answer.js';
import type { AdminOptions, Cli } from './define.js';
import { printTable, type Column } from './output.js';

export interface PageOptions extends AdminOptions {
  readonly limit?: number;
  readonly cursor?: string;
  readonly all?: boolean;
}

/** Returns the query members of the page options. */
export function pageQuery({ limit, cursor }: PageOptions): Record<string, string | undefined> {
  return { limit: limit === undefined ? undefined : String(limit), cursor };
}

/** Prints a collection of the admin API: one page, or all pages. */
export async function printList(
  cli: Cli,
  options: PageOptions,
  path: string,
  columns: readonly Column[],
): Promise<void> {
  const request = { query: pageQuery(options), all: options.all === true };
  printPage(cli, options, await (await connect(cli, options)).list(path, request), columns);
}

/** Prints a table, or `{items, next_cursor}` as JSON; a note about further pages goes to stderr. */
export function printPage(
  cli: Cli,
  options: PageOptions,
  page: ListAnswer,
  columns: readonly Column[],
  more: Readonly<Record<string, unknown>> = {},
): void {
  const document = { items: page.items, next_cursor: page.nextCursor ?? null, ...more };
  show(cli, options, document, (terminal) => {
    printTable(terminal, columns, page.items);
    if (page.nextCursor !== undefined) {
      terminal.err(`more items: --all, or --cursor ${page.nextCursor}\n`);
    }
  });
}
