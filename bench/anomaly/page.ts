import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaced } from './markdown.js';
import type { Report } from './report.js';
import { tablesOf } from './tables.js';

/** Puts the tables between their markers in `folder`/anomaly.md. */
export async function writePage(folder: string, report: Report): Promise<void> {
  const path = join(folder, 'anomaly.md');
  let page = readFileSync(path, 'utf8');
  for (const [name, table] of Object.entries(tablesOf(report))) page = replaced(page, name, table);
  writeFileSync(path, page);
  mkdirSync(join(folder, 'anomaly'), { recursive: true });
}
