#!/usr/bin/env node
// Checks the Redis scripts: their names, headers and that no script makes a key up (Redis Cluster).
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/root.mjs';
import { bodyProblems, scriptProblems } from './lib/lua-rules.mjs';

const folder = join(root, 'src', 'redis', 'lua');
const lua = (path) => readdirSync(path).filter((name) => name.endsWith('.lua'));
const scripts = lua(folder);
const includes = lua(join(folder, 'includes')).map((name) => name.slice(0, -'.lua'.length));
const problems = [];

for (const name of scripts) {
  const text = readFileSync(join(folder, name), 'utf8');
  problems.push(...scriptProblems(name, text, includes).map((problem) => `${name} ${problem}`));
}
for (const name of includes) {
  const text = readFileSync(join(folder, 'includes', `${name}.lua`), 'utf8');
  // Which keys there are is checked where an include is used; here, that they are KEYS.
  problems.push(...bodyProblems(text, 9).map((problem) => `includes/${name}.lua ${problem}`));
}
if (scripts.length === 0) problems.push('there is no script to check');
for (const problem of problems) process.stdout.write(`${problem}\n`);
if (problems.length === 0) process.stdout.write(`${scripts.length} scripts are well\n`);
process.exit(problems.length === 0 ? 0 : 1);
