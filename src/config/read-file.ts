import { readText, type Links } from '../files/text-file.js';

/**
 * Returns the text of a file, undefined when there is none; throws on any other failure.
 * Follows any link, unless `links` says otherwise.
 */
export type ReadFile = (path: string, links?: Links) => string | undefined;

/** Reads UTF-8 from this machine's files. */
export const readFileIfPresent: ReadFile = (path, links = 'any') => readText(path, links);
