#!/usr/bin/env node
// Checks that no file of ours, generated ones apart, has more than 300 lines. The step `lint` checks the length of functions.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from './lib/digest.mjs';
import { root } from './lib/root.mjs';

const WALL = 300;
const OURS = /(?<!\.generated)\.(ts|mjs|cjs|js|lua|rego)$/;

const files = ['src', 'scripts', 'test', 'rego', 'bench']
  .flatMap((folder) => filesBelow(folder))
  .filter((path) => OURS.test(path));
const long = files
  .map((path) => ({
    path,
    lines: readFileSync(join(root, path), 'utf8').trimEnd().split('\n').length,
  }))
  .filter(({ lines }) => lines > WALL);

for (const { path, lines } of long) process.stdout.write(`${path} has ${lines} lines\n`);
if (files.length === 0) process.stdout.write('there is no file to check\n');
if (long.length === 0) process.stdout.write(`${files.length} files have at most ${WALL} lines\n`);
process.exit(long.length === 0 && files.length > 0 ? 0 : 1);
