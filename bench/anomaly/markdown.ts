/** A Markdown table as Prettier would write it. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) =>
    Math.max(3, title.length, ...rows.map((row) => (row[at] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, at) => (cells[at] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

/** A Markdown table with rows and columns swapped, for many columns of few rows. */
export function turnedTableOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const [corner = '', ...names] = head;
  return tableOf(
    [corner, ...rows.map(([name = '']) => name)],
    names.map((name, at) => [name, ...rows.map((row) => row[at + 1] ?? '')]),
  );
}

/** Puts `text` between the markers of a page. Throws when the page has none of that name. */
export function replaced(page: string, name: string, text: string): string {
  const [from, to] = [`<!-- ${name}, from here -->`, `<!-- ${name}, to here -->`];
  const [start, end] = [page.indexOf(from), page.indexOf(to)];
  if (start < 0 || end < start) throw new Error(`the page has no markers "${name}"`);
  return `${page.slice(0, start + from.length)}\n\n${text}\n\n${page.slice(end)}`;
}
