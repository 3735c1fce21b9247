import { isTree, type Tree } from '../config/tree.js';

/** Returns a member of an answer as text; empty when absent. */
export function textOf(value: unknown, ...path: readonly string[]): string {
  const found = path.reduce<unknown>((at, key) => (isTree(at) ? at[key] : undefined), value);
  if (found === undefined || found === null) return '';
  if (typeof found === 'string') return found;
  if (Array.isArray(found) && found.every((item) => typeof item === 'string')) {
    return found.join(' ');
  }
  return JSON.stringify(found);
}

/** Returns a member of an answer that is a list of objects. */
export function rowsOf(value: unknown, key: string): readonly Tree[] {
  const found = isTree(value) ? value[key] : undefined;
  return Array.isArray(found) ? found.filter(isTree) : [];
}

/** Formats a member in milliseconds since the Unix epoch as RFC 3339; empty when absent. */
export function timeOf(value: unknown, key: string): string {
  const found = isTree(value) ? value[key] : undefined;
  return typeof found === 'number' && Number.isFinite(found) ? new Date(found).toISOString() : '';
}

/** The paths to the members of an answer of type T, as the arguments of `Reader.text`. */
type PathOf<T> = T extends readonly unknown[]
  ? never
  : T extends object
    ? {
        [Key in keyof T & string]: readonly [Key] | readonly [Key, ...PathOf<NonNullable<T[Key]>>];
      }[keyof T & string]
    : never;

/** Reads members of an answer of type T: a path that the answer does not have is a compile error. */
export interface Reader<T> {
  text(value: unknown, ...path: PathOf<T>): string;
  time(value: unknown, key: keyof T & string): string;
  rows(value: unknown, key: keyof T & string): readonly Tree[];
}

/** A reader of any answer; a constant of type `Reader<T>` narrows its paths. */
export const READER = { text: textOf, time: timeOf, rows: rowsOf } as const;
