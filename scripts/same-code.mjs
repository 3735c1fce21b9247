#!/usr/bin/env node
// Shows that a change of texts changes no code: two revisions compile to equal JavaScript except string literals.
import { parseArgs } from 'node:util';
import { runToEnd } from './lib/run.mjs';
import { compareSources } from './lib/same-code.mjs';

const HELP = `usage: node scripts/same-code.mjs [--json] [--texts] [<before> [<after>]]

Compares every .ts and .mjs file below src that two git revisions do not share (HEAD~1 and HEAD when left out). Each is
compiled without comments, its string literals are replaced, and both results are printed in one format: they must be
equal. A renamed file is compared with the file it was; names of modules and of members are code.

  --texts  show every text that changed
  --json   print the outcome as JSON
  --help   show this text

exit codes: 0 equal code, 1 a file differs, was added or removed, 2 usage or an unknown revision
`;

function options() {
  const boolean = { type: 'boolean', default: false };
  const flags = { json: boolean, texts: boolean, help: boolean };
  const { values, positionals } = parseArgs({ options: flags, allowPositionals: true });
  if (positionals.length > 2) throw new Error('more than two revisions');
  const [before = 'HEAD~1', after = 'HEAD'] = positionals;
  return { ...values, before, after };
}

/** The changed files as `{status, from, to}`, with one path undefined for an added or removed file. */
async function changedFiles(before, after) {
  const range = ['--no-ext-diff', '--name-status', '-M', '-z', before, after, '--', 'src'];
  const fields = (await runToEnd('git', ['diff', ...range])).split('\0').filter(Boolean);
  const changed = [];
  while (fields.length > 0) {
    const status = fields.shift()[0];
    const from = fields.shift();
    const to = status === 'R' || status === 'C' ? fields.shift() : from;
    if (/\.(ts|mjs)$/.test(to)) changed.push({ status, from, to });
  }
  return changed;
}

async function compare({ status, from, to }, before, after) {
  if (status === 'A' || status === 'D') {
    return { file: to, same: false, why: status === 'A' ? 'added' : 'removed', texts: [] };
  }
  const show = (revision, path) => runToEnd('git', ['show', `${revision}:${path}`]);
  const sources = await Promise.all([show(before, from), show(after, to)]);
  const { same, texts } = await compareSources(to, ...sources);
  return { file: to, same, why: same ? undefined : 'other code', texts };
}

function report(results, { json, texts }) {
  const say = (line) => process.stdout.write(`${line}\n`);
  const different = results.filter(({ same }) => !same);
  if (json) return say(JSON.stringify({ compared: results.length, different, results }));
  for (const { file, why } of different) say(`${file}: ${why}`);
  if (texts) {
    for (const { file, texts: pairs } of results) {
      for (const { before, after } of pairs) say(`${file}\n- ${before}\n+ ${after}`);
    }
  }
  const count = results.reduce((sum, one) => sum + one.texts.length, 0);
  say(`${results.length} files compared, ${different.length} differ, ${count} texts changed`);
}

async function main() {
  try {
    const given = options();
    if (given.help) return (process.stdout.write(HELP), 0);
    const results = [];
    for (const file of await changedFiles(given.before, given.after)) {
      results.push(await compare(file, given.before, given.after));
    }
    report(results, given);
    return results.every(({ same }) => same) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

process.exitCode = await main();
