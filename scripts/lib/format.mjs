import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'oxfmt';
import { root } from './root.mjs';

/** Formats the text of a file as the step `format` wants it, with these options on top. Throws on a syntax error. */
export async function formatted(path, text, options = {}) {
  const own = JSON.parse(readFileSync(join(root, '.oxfmtrc.json'), 'utf8'));
  const settings = Object.entries(own).filter(
    ([name]) => !['$schema', 'ignorePatterns'].includes(name),
  );
  const { code, errors } = await format(path, text, {
    ...Object.fromEntries(settings),
    ...options,
  });
  if (errors.length > 0)
    throw new Error(`${path}: ${errors.map(({ message }) => message).join('; ')}`);
  return code;
}
