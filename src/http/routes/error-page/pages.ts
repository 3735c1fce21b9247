import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ERROR_KINDS, type ErrorCode } from '../../../domain/errors.js';

/** Where this package keeps its error pages, from the sources and from the build alike. */
const PACKAGED_PAGES = fileURLToPath(new URL('../../../../docs/errors/', import.meta.url));

/** Reads the page of every error code; throws when one is missing. */
export function loadErrorPages(folder = PACKAGED_PAGES): ReadonlyMap<string, string> {
  const codes = Object.keys(ERROR_KINDS) as ErrorCode[];
  return new Map(codes.map((code) => [code, readFileSync(`${folder}/${code}.md`, 'utf8')]));
}
