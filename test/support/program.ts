import { fileURLToPath } from 'node:url';

/** True where the tests run as TypeScript; `npm test` runs them compiled. */
const TYPESCRIPT = import.meta.url.endsWith('.ts');

/** The arguments of Node that let a program import the sources. */
export const LOADER: readonly string[] = TYPESCRIPT ? ['--import', 'tsx'] : [];

/** The URL of a source of this repository, by its path from the root without its ending: `src/main`. */
export function sourceUrl(path: string): URL {
  return new URL(`../../${path}${TYPESCRIPT ? '.ts' : '.js'}`, import.meta.url);
}

/** The arguments that run such a source with Node. */
export function programArgs(path: string): string[] {
  return [...LOADER, fileURLToPath(sourceUrl(path))];
}
