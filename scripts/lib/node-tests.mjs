import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { filesBelow } from './digest.mjs';
import { root } from './root.mjs';

/** Modules of Node whose behaviour does not differ between the supported versions, and packages of plain JavaScript. */
const STABLE =
  /^(node:(assert|events|fs|os|path|timers\/promises|url)|ajv|ajv-formats|chai|fast-check|jsonc-parser|lru-cache|yaml)(\/|$)/;
/** Parts of the language's run time that come with the version of V8 and ICU, and the process itself. */
const RUN_TIME = /\b(WebAssembly|Intl|process)\./;
/** WebAssembly, threads, heaps, HTTP and TLS: what differs most between versions. */
const ENGINE = /\bWebAssembly\.|['"]node:(http|tls|v8|vm|worker_threads)['"]/;
const COMMENTS = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
/** Imports of values, and files named by URL; types are gone when a test runs. */
const IMPORTED =
  /^(?:import|export)\s(?!type\b)(?:[^'"`;]*?\sfrom\s)?\s*'([^']+)'|\b(?:import|URL)\(\s*'([^']+)'/gm;

const known = new Map();

/** The sources that a source imports, and whether it uses Node or the engine directly. */
function directOf(path) {
  const before = known.get(path);
  if (before !== undefined) return before;
  const text = readFileSync(join(root, path), 'utf8').replace(COMMENTS, '');
  const names = [...text.matchAll(IMPORTED)].map(([, module, url]) => module ?? url);
  const relative = names.filter((name) => name.startsWith('.'));
  const direct = {
    sources: relative.flatMap((name) => sourceOf(posix.join(dirname(path), name))),
    usesNode:
      RUN_TIME.test(text) || names.some((name) => !name.startsWith('.') && !STABLE.test(name)),
    usesEngine: ENGINE.test(text),
  };
  known.set(path, direct);
  return direct;
}

function sourceOf(path) {
  const source = [path, `${path}.ts`, path.replace(/\.js$/, '.ts')].find(
    (one) => one.endsWith('.ts') && existsSync(join(root, one)),
  );
  return source === undefined ? [] : [source];
}

/** Every source that is reached from a test, itself included; `through` limits the sources that are followed. */
export function reachedFrom(test, through = () => true) {
  const reached = new Set([test]);
  for (const path of reached) {
    if (!through(path)) continue;
    for (const next of directOf(path).sources) reached.add(next);
  }
  return reached;
}

/** The sources that a test, or a helper of it, imports directly. */
export function importedBy(test) {
  return reachedFrom(test, (path) => path.startsWith('test/'));
}

/** The sources of the service that use Node, a package that does, or the engine directly. */
export function sourcesOnNode() {
  return filesBelow('src').filter(
    (path) => path.endsWith('.ts') && !path.endsWith('.d.ts') && directOf(path).usesNode,
  );
}

/**
 * The test files to run on every Node, in the order given: those that import a source on the engine, and of the rest
 * the fewest that import each other source on Node that a test imports, or reach it where no test imports it. Tests of
 * the language alone run on one Node.
 */
export function testsOnNode(files) {
  const onNode = new Set(sourcesOnNode());
  const near = new Map(files.map((file) => [file, importedBy(file)]));
  const chosen = new Set(
    files.filter((file) => [...near.get(file)].some((path) => directOf(path).usesEngine)),
  );
  const far = new Map(files.map((file) => [file, reachedFrom(file)]));
  for (const reach of [near, far]) cover(onNode, reach, chosen);
  return files.filter((file) => chosen.has(file));
}

/** Adds files to the chosen ones, each time the one that reaches most, until all sources that can be are reached. */
function cover(sources, reach, chosen) {
  const missing = new Set(sources);
  for (const file of chosen) for (const path of reach.get(file)) missing.delete(path);
  for (;;) {
    const counts = [...reach].map(([file, paths]) => [file, count(paths, missing)]);
    const [best, most] = counts.reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0]);
    if (most === 0) return;
    chosen.add(best);
    for (const path of reach.get(best)) missing.delete(path);
  }
}

function count(paths, wanted) {
  return [...wanted].filter((path) => paths.has(path)).length;
}
