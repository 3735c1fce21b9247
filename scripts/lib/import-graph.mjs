import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { filesBelow } from './digest.mjs';
import { root } from './root.mjs';

const SOURCE = /\.(ts|mts|mjs|cjs)$/;
const FOLDERS = ['src', 'test', 'bench', 'scripts'];
/** What a source names relative to itself: modules it imports, and files, folders and threads it finds by URL. */
const NAMED = /(?:from|import|URL\()\s*\(?\s*['"`](\.{1,2}\/[^'"`$\s]*)/g;
/** What a test names by its path from the root, in which it runs. */
const FROM_ROOT = /(?:programArgs|sourceUrl|readFileSync|readdirSync)\(\s*'([a-zA-Z][^']*)'/g;
/** A test that asks for the list of all files reads all of them. */
const ALL_FILES = /'ls-files'|'ls-tree'/;

/**
 * What each source of the repository depends on, itself included, through any number of others: a map from its path to
 * `{ files, folders }`, where a source that names a folder depends on all that is below. Types count.
 */
export function dependencies() {
  const sources = FOLDERS.flatMap((folder) => filesBelow(folder)).filter((path) =>
    SOURCE.test(path),
  );
  const known = new Set(sources);
  const direct = new Map(sources.map((path) => [path, namedIn(path, known)]));
  return new Map(sources.map((path) => [path, closure(path, direct)]));
}

function closure(path, direct) {
  const files = new Set([path]);
  const folders = new Set();
  for (const file of files) {
    const next = direct.get(file);
    for (const one of next?.files ?? []) files.add(one);
    for (const one of next?.folders ?? []) folders.add(one);
  }
  return { files, folders };
}

function namedIn(path, known) {
  const text = readFileSync(join(root, path), 'utf8');
  const files = [];
  const folders = [];
  const add = (named) => {
    const module = [named, `${named}.ts`, named.replace(/\.(m?)js$/, '.$1ts')].find((one) =>
      known.has(one),
    );
    if (module !== undefined) files.push(module);
    // The service looks for its bundle from the root; a test that starts there may read anything.
    else if (named === './') folders.push(path.startsWith('src/') ? 'bundles/' : '');
    // A file that is no source, or a folder.
    else folders.push(named);
  };
  for (const [, named] of text.matchAll(NAMED)) add(posix.join(dirname(path), named));
  for (const [, named] of text.matchAll(FROM_ROOT)) add(named);
  if (ALL_FILES.test(text)) folders.push('');
  return { files, folders };
}
