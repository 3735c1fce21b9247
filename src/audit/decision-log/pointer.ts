/** The parts of an event that rules may change. OPA knows the first three; `custom` is ours. */
export const MASKABLE = ['input', 'result', 'nd_builtin_cache', 'custom'] as const;
export type Maskable = (typeof MASKABLE)[number];

/** A mask that is not one. */
export class MaskInvalid extends Error {
  override readonly name = 'MaskInvalid';
}

/** Where a mask points: the part of the event and the steps below it, as they were written. */
export interface MaskPath {
  readonly part: Maskable;
  readonly steps: readonly string[];
  /** As OPA writes it into `erased` and `masked`. */
  readonly text: string;
}

/** Reads `/input/a/0/b` as OPA does. Throws MaskInvalid. */
export function readMaskPath(path: unknown): MaskPath {
  if (typeof path !== 'string' || path === '') throw new MaskInvalid('a mask must be a path');
  if (!path.startsWith('/')) throw new MaskInvalid('a mask must begin with /');
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) throw new MaskInvalid('a mask has a bad % escape');
  const [name = '', ...steps] = path.slice(1).split('/');
  const part = MASKABLE.find((known) => known === name);
  if (part === undefined) throw new MaskInvalid('a mask must be below input, result or custom');
  return { part, steps, text: pointerText([part, ...steps]) };
}

/** The steps joined as OPA joins them: each escaped as Go's `url.PathEscape` does. */
export function pointerText(steps: readonly string[]): string {
  return steps.map((step) => `/${pathEscape(step)}`).join('');
}

/** What a step may mean as a member's name: as OPA looks for it, as it is written, and unescaped. */
export function namesOf(step: string): readonly string[] {
  return [...new Set([pathEscape(step), step, unescaped(step), jsonPointer(step)])];
}

/** The name a member is made under. */
export function unescaped(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

/** RFC 6901 section 4. */
function jsonPointer(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

function pathEscape(step: string): string {
  return encodeURIComponent(step.replace(/\p{Surrogate}/gu, '\uFFFD'))
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%(?:24|26|2B|3A|3D|40)/g, (escape) => decodeURIComponent(escape));
}
