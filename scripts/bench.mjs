#!/usr/bin/env node
// `npm run bench`: builds, then measures Countersign and others. docs/reference/performance.md says how to read it.
import { HELP, parseOptions } from '../bench/options.mjs';

function optionsOrExit(args) {
  try {
    return parseOptions(args);
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${HELP}`);
    return process.exit(2);
  }
}

const options = optionsOrExit(process.argv.slice(2));
if (options.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
try {
  const { ensureInstalled } = await import('./lib/install.mjs');
  await ensureInstalled();
  const { build } = await import('./build.mjs');
  await build();
  const { ensureRedis } = await import('./lib/redis.mjs');
  const redisServer = await ensureRedis();
  const { runBench } = await import('../bench/run.mjs');
  const result = await runBench(options, redisServer);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error.stack ?? error}\n`);
  process.exit(1);
}
