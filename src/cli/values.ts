import { isTree, type Tree } from '../config/tree.js';

/** The paths to the members of an answer of type T. */
type PathOf<T> = T extends readonly unknown[]
  ? never
  : T extends object
    ? {
        [Key in keyof T & string]: readonly [Key] | readonly [Key, ...PathOf<NonNullable<T[Key]>>];
      }[keyof T & string]
    : never;

/**
 * Reads members of an answer of type T: a path that the answer does not have is a compile error.
 * An answer is not validated, so a reader takes any value, and an absent member has a neutral result.
 */
export interface Reader<T> {
  /** Returns a member as it is; undefined when absent. */
  value(answer: unknown, ...path: PathOf<T>): unknown;
  /** Returns a member as text, a list of texts separated by spaces, other values as JSON; empty when absent. */
  text(answer: unknown, ...path: PathOf<T>): string;
  /** Formats a member in milliseconds since the Unix epoch as RFC 3339; empty when absent. */
  time(answer: unknown, ...path: PathOf<T>): string;
  /** Returns a number; undefined when absent. */
  number(answer: unknown, ...path: PathOf<T>): number | undefined;
  /** Returns an object; empty when absent. */
  object(answer: unknown, ...path: PathOf<T>): Tree;
  /** Returns a list; empty when absent. */
  list(answer: unknown, ...path: PathOf<T>): readonly unknown[];
  /** Returns the objects of a list; empty when absent. */
  rows(answer: unknown, ...path: PathOf<T>): readonly Tree[];
}

/** A reader of any answer; a constant of type `Reader<T>` narrows its paths. */
export const READER = { value, text, time, number, object, list, rows } as const;

function value(answer: unknown, ...path: readonly string[]): unknown {
  return path.reduce((at, key) => (isTree(at) ? at[key] : undefined), answer);
}

function text(answer: unknown, ...path: readonly string[]): string {
  const found = value(answer, ...path);
  if (found === undefined || found === null) return '';
  if (typeof found === 'string') return found;
  if (Array.isArray(found) && found.every((item) => typeof item === 'string')) {
    return found.join(' ');
  }
  return JSON.stringify(found);
}

function time(answer: unknown, ...path: readonly string[]): string {
  const found = number(answer, ...path);
  return found === undefined || !Number.isFinite(found) ? '' : new Date(found).toISOString();
}

function number(answer: unknown, ...path: readonly string[]): number | undefined {
  const found = value(answer, ...path);
  return typeof found === 'number' ? found : undefined;
}

function object(answer: unknown, ...path: readonly string[]): Tree {
  const found = value(answer, ...path);
  return isTree(found) ? found : {};
}

function list(answer: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = value(answer, ...path);
  return Array.isArray(found) ? found : [];
}

function rows(answer: unknown, ...path: readonly string[]): readonly Tree[] {
  return list(answer, ...path).filter(isTree);
}
