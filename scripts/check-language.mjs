#!/usr/bin/env node
// Checks the words of comments, help, messages, documents, schemas and test titles, and the width of Markdown.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { areas } from './lib/language/areas.mjs';
import { checkArea } from './lib/language/check.mjs';
import { HARD, SOFT } from './lib/language/words.mjs';
import { root } from './lib/root.mjs';

const HELP = `usage: node scripts/check-language.mjs [--json] [--list] [--soft] [<area>...]

Looks for words that make a text hard to read, outside quotations and code, in Markdown, in comments and string
literals of TypeScript, Lua and Rego, in comments of YAML, in titles and descriptions of JSON Schemas, and in titles and
comments of tests. Also looks for Markdown lines over 120 columns,
except fenced code and a line that is one link. Areas: ${Object.keys(areas()).join(', ')}.

  fails:   ${HARD.join(', ')}
  counted: ${SOFT.join(', ')}

scripts/lib/language/allowance.mjs says how many failing words an area may still have.

  --list   show every failing word, those within the allowance too
  --soft   show every counted word
  --json   print the findings as JSON
  --help   show this text

exit codes: 0 nothing over the allowance, 1 a word or a wide line, 2 usage
`;

function options() {
  const boolean = { type: 'boolean', default: false };
  const flags = { json: boolean, list: boolean, soft: boolean, help: boolean };
  const { values, positionals } = parseArgs({ options: flags, allowPositionals: true });
  const unknown = positionals.find((name) => !Object.hasOwn(areas(), name));
  if (unknown !== undefined) throw new Error(`unknown area: ${unknown}`);
  return { ...values, names: positionals };
}

function findings(names) {
  const read = (file) => ({ file, source: readFileSync(join(root, file), 'utf8') });
  return Object.entries(areas())
    .filter(([name]) => names.length === 0 || names.includes(name))
    .map(([name, files]) => checkArea(name, files.map(read)));
}

function summaryOf({ name, files, hard, soft, wide, allowed }) {
  const counts = SOFT.map((word) => [word, soft.filter((one) => one.word === word).length])
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${word} ${count}`);
  const limit = allowed > 0 ? ` (at most ${allowed})` : '';
  const counted = `${soft.length} soft${counts.length > 0 ? `: ${counts.join(', ')}` : ''}`;
  return `${name}: ${files} files, ${hard.length} hard${limit}, ${wide.length} wide lines, ${counted}`;
}

function show(say, finding, { list, soft }) {
  const where = ({ file, line, word }) => say(`${file}:${line}: ${word}`);
  if (list || finding.hard.length > finding.allowed) finding.hard.forEach(where);
  if (soft) finding.soft.forEach(where);
  for (const { file, line } of finding.wide) say(`${file}:${line}: over 120 columns`);
  say(summaryOf(finding));
}

function main() {
  let given;
  try {
    given = options();
  } catch (error) {
    process.stderr.write(`${error.message}\n${HELP}`);
    return 2;
  }
  const say = (line) => process.stdout.write(`${line}\n`);
  if (given.help) return (process.stdout.write(HELP), 0);
  const found = findings(given.names);
  if (given.json) say(JSON.stringify(found));
  else for (const finding of found) show(say, finding, given);
  return found.every(({ passed }) => passed) ? 0 : 1;
}

process.exitCode = main();
