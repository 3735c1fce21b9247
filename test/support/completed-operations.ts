import type { AdminOperations } from '../../src/use-cases/operations.js';

/** Some operations of each group. */
type Named = { readonly [Group in keyof AdminOperations]?: Partial<AdminOperations[Group]> };

/** Adds every operation that is not named: a new one needs no entry here. */
export function completed(
  answer: (operation: string, ...passed: unknown[]) => Promise<unknown>,
  named: Named,
): AdminOperations {
  const group = (name: string): unknown =>
    new Proxy((named as Record<string, object | undefined>)[name] ?? {}, {
      get: (known, operation: string) =>
        (Reflect.get(known, operation) as unknown) ??
        ((...passed: unknown[]) => answer(`${name}.${operation}`, ...passed)),
    });
  return new Proxy({} as AdminOperations, { get: (_, name: string) => group(name) });
}
