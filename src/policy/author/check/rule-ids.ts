import { nodes, placeOf, withElse, type Module, type Term } from './ast.js';
import type { Finding } from '../../../domain/policy-author.js';

/** Finds rule ids in results that no METADATA declares, so that no reader can look up the reason. */
export function ruleIdFindings(modules: readonly Module[]): Finding[] {
  const ids = new Set(
    modules.flatMap(({ rules }) =>
      rules
        .flatMap((rule) => withElse(rule))
        .flatMap(({ annotations = [] }) => annotations.map(({ custom }) => custom?.['id'])),
    ),
  );
  return modules.flatMap((module) =>
    namedRules(module)
      .filter(({ value }) => !ids.has(value))
      .map(({ value, location }) => ({
        ...placeOf(module, location),
        rule: 'rule-id' as const,
        severity: 'warning' as const,
        message: `no rule has the id ${String(value)}`,
        hint: 'Write `# METADATA`, `# custom:`, `#   id: …` above the rule that the result names.',
      })),
  );
}

/** Returns the constant strings of the member `rule`. */
function namedRules({ rules }: Module): Term[] {
  return [...nodes(rules)].flatMap(({ type, value }) => {
    if (type !== 'object') return [];
    const pairs = value as readonly (readonly [Term, Term])[];
    return pairs
      .filter(([key, named]) => key.value === 'rule' && named.type === 'string')
      .map(([, named]) => named);
  });
}
