import { codePoints } from '../operands.js';

/** One `%…` of a format: flags, width, precision and verb. */
export interface Directive {
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly verb: string;
}

export type FormatPart =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'directive'; readonly directive: Directive }
  /** The percent sign is the last character. */
  | { readonly kind: 'no_verb' };

const DIRECTIVE = /%([-+# 0]*)([0-9]*)(?:(\.)([0-9]*))?(.?)/gsu;

/** Splits a Go format into parts. Unsupported `*` widths and `[n]` indexes become unknown verbs. */
export function formatParts(format: string): FormatPart[] {
  const parts: FormatPart[] = [];
  let at = 0;
  for (const match of format.matchAll(DIRECTIVE)) {
    const [all, flags = '', width = '', dot, precision = '', verb = ''] = match;
    if (match.index > at) parts.push({ kind: 'literal', text: format.slice(at, match.index) });
    at = match.index + all.length;
    if (verb === '') parts.push({ kind: 'no_verb' });
    else if (verb === '%') parts.push({ kind: 'literal', text: '%' });
    else {
      parts.push({
        kind: 'directive',
        directive: {
          flags,
          width: width === '' ? undefined : Number(width),
          precision: dot === undefined ? undefined : Number(precision),
          verb,
        },
      });
    }
  }
  if (at < format.length) parts.push({ kind: 'literal', text: format.slice(at) });
  return parts;
}

/** Pads to the width: zeros after the sign, spaces before or, with `-`, behind. */
export function padded(text: string, { flags, width = 0 }: Directive, zeros: boolean): string {
  const missing = width - codePoints(text).length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!zeros || !flags.includes('0')) return ' '.repeat(missing) + text;
  const sign = /^[+\- ]/.test(text) ? text.slice(0, 1) : '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}
