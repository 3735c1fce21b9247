import { unescapeStep } from '../../domain/json-pointer.js';

/** The maskable parts of an event. OPA knows the first three; `custom` is specific to Countersign. */
export const MASKABLE = ['input', 'result', 'nd_builtin_cache', 'custom'] as const;
export type Maskable = (typeof MASKABLE)[number];

/** An invalid mask. */
export class MaskInvalid extends Error {
  override readonly name = 'MaskInvalid';
}

/** The target of a mask: the part of the event and the steps below it, as written. */
export interface MaskPath {
  readonly part: Maskable;
  readonly steps: readonly string[];
  /** As written by OPA in `erased` and `masked`. */
  readonly text: string;
}

/** Parses a path such as `/input/a/0/b` as OPA does. Throws MaskInvalid. */
export function readMaskPath(path: unknown): MaskPath {
  if (typeof path !== 'string' || path === '') throw new MaskInvalid('a mask must be a path');
  if (!path.startsWith('/')) throw new MaskInvalid('a mask must begin with /');
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) throw new MaskInvalid('a mask has a bad % escape');
  const [name = '', ...steps] = path.slice(1).split('/');
  const part = MASKABLE.find((known) => known === name);
  if (part === undefined) throw new MaskInvalid('a mask must be below input, result or custom');
  return { part, steps, text: pointerText([part, ...steps]) };
}

/** Joins steps as OPA does: each escaped like Go's `url.PathEscape`. */
export function pointerText(steps: readonly string[]): string {
  return steps.map((step) => `/${pathEscape(step)}`).join('');
}

/** Returns the possible member names of a step: escaped as in OPA, as written, and unescaped. */
export function namesOf(step: string): readonly string[] {
  return [...new Set([pathEscape(step), step, unescaped(step), unescapeStep(step)])];
}

/** Returns the name under which a member is created. */
export function unescaped(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

function pathEscape(step: string): string {
  return encodeURIComponent(step.replace(/\p{Surrogate}/gu, '\uFFFD'))
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%(?:24|26|2B|3A|3D|40)/g, (escape) => decodeURIComponent(escape));
}
