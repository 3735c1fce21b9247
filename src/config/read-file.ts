import { readFileSync } from 'node:fs';

/** Returns the text of a file, undefined when there is none; throws on any other failure. */
export type ReadFile = (path: string) => string | undefined;

/** Reads UTF-8 from this machine's files. */
export const readFileIfPresent: ReadFile = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};
