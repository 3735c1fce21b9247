interface Setting {
  readonly path: readonly string[];
  readonly variables: readonly string[];
}

/** Returns the page with its generated part replaced. Throws an Error when the markers are missing. */
export function withKeys(page: string, schema: object, settings: readonly Setting[]): string;

/** Returns Markdown with one item per key: single keys first, then one list per section. */
export function keysOf(schema: object, settings: readonly Setting[]): string;
