#!/usr/bin/env node
// `npm run bench:anomaly`: measures the anomaly score. docs/operate/anomaly.md says how to read it.
import { ensureInstalled } from './lib/install.mjs';

try {
  await ensureInstalled();
  const { register } = await import('tsx/esm/api');
  register();
  const { main } = await import('../bench/anomaly/main.ts');
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error.stack ?? error}\n`);
  process.exit(1);
}
