/** Returns the JSON pointer (RFC 6901) of the steps from the root; no steps give the empty pointer. */
export function formatPointer(steps: readonly (string | number)[]): string {
  return steps.map((step) => `/${escapeStep(String(step))}`).join('');
}

/** Returns the unescaped steps of a JSON pointer; array indexes stay texts. */
export function parsePointer(pointer: string): string[] {
  return pointer.split('/').slice(1).map(unescapeStep);
}

/** Escapes a step as a reference token (RFC 6901 section 3). */
export function escapeStep(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Returns the step of a reference token (RFC 6901 section 4). */
export function unescapeStep(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Returns the value below the steps; undefined where an own member is missing. */
export function valueAt(root: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Readonly<Record<string, unknown>>)[step]
        : undefined,
    root,
  );
}
