#!/usr/bin/env node
// The functions a .cpuprofile spent its time in: node bench/profile-table.mjs FILE [ROWS]
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const IDLE = new Set(['(idle)', '(root)', '(program)']);

/** Keeps of a profile what was sampled between two moments of `process.hrtime`, in microseconds. */
export function cutProfile(profile, fromMicros, toMicros) {
  const { startTime, samples, timeDeltas } = profile;
  const kept = {
    ...profile,
    startTime: fromMicros,
    endTime: toMicros,
    samples: [],
    timeDeltas: [],
  };
  let at = startTime;
  for (const [index, id] of samples.entries()) {
    at += timeDeltas[index] ?? 0;
    if (at < fromMicros || at > toMicros) continue;
    kept.samples.push(id);
    kept.timeDeltas.push(timeDeltas[index]);
  }
  return kept;
}

/** Rows `{self, total, name, at}`; shares are of the busy time. */
export function profileTable(file, rows = 30) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8'));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parentOf = new Map();
  for (const { id, children = [] } of nodes) for (const child of children) parentOf.set(child, id);
  const self = new Map();
  const total = new Map();
  let busy = 0;
  for (const [index, id] of samples.entries()) {
    const micros = Math.max(0, timeDeltas[index] ?? 0);
    if (IDLE.has(byId.get(id).callFrame.functionName)) continue;
    busy += micros;
    add(self, labelOf(byId.get(id)), micros);
    const seen = new Set();
    for (let at = id; at !== undefined; at = parentOf.get(at)) {
      const label = labelOf(byId.get(at));
      if (seen.has(label)) continue;
      seen.add(label);
      add(total, label, micros);
    }
  }
  return [...self]
    .sort(([, a], [, b]) => b - a)
    .slice(0, rows)
    .map(([label, micros]) => {
      const [name, at] = label.split('\t');
      return { self: share(micros / busy), total: share(total.get(label) / busy), name, at };
    });
}

function add(map, key, amount) {
  map.set(key, (map.get(key) ?? 0) + amount);
}

const share = (value) => Math.round(value * 1000) / 1000;

function labelOf({ callFrame: { functionName, url, lineNumber } }) {
  const place = url.replace(/^.*\/(node_modules|dist)\//, '$1/').replace(/^file:\/\//, '');
  return `${functionName || '(anonymous)'}\t${place === '' ? 'native' : `${place}:${lineNumber + 1}`}`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [file, rows = '30'] = process.argv.slice(2);
  if (file === undefined || file === '--help') {
    process.stdout.write('usage: node bench/profile-table.mjs FILE.cpuprofile [ROWS]\n');
    process.exit(file === undefined ? 2 : 0);
  }
  const percent = (value) => `${(value * 100).toFixed(1).padStart(5)} %`;
  process.stdout.write('   self    total  function\n');
  for (const { self, total, name, at } of profileTable(file, Number(rows))) {
    process.stdout.write(`${percent(self)}  ${percent(total)}  ${name}  ${at}\n`);
  }
}
