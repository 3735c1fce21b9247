import { nodes, placeOf, withElse, type Module, type Term } from './ast.js';
import type { Finding } from '../../../domain/policy-author.js';

/** Rules that a result names and that no METADATA has as its id: nobody can look up why. */
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

/** The texts that are written for a member `rule`. */
function namedRules({ rules }: Module): Term[] {
  return [...nodes(rules)].flatMap(({ type, value }) => {
    if (type !== 'object') return [];
    const pairs = value as readonly (readonly [Term, Term])[];
    return pairs
      .filter(([key, named]) => key.value === 'rule' && named.type === 'string')
      .map(([, named]) => named);
  });
}
