import { placeOf, ruleName, withElse, type Module, type Rule, type Term } from './ast.js';
import type { Finding } from '../../../domain/policy-author.js';

/** A rule with its file. */
export interface PlacedRule {
  readonly module: Module;
  readonly rule: Rule;
}

/** Returns every rule with a full name, such as `countersign.decision`, with each `else` separately. */
export function rulesNamed(modules: readonly Module[], name: string): PlacedRule[] {
  return modules.flatMap((module) =>
    module.rules
      .filter((rule) => ruleName(module, rule) === name)
      .flatMap((rule) => withElse(rule).map((one) => ({ module, rule: one }))),
  );
}

/** Returns the value of a member that is a constant. */
export function constantMember(term: Term | undefined, name: string): unknown {
  if (term?.type !== 'object') return undefined;
  const pairs = term.value as readonly (readonly [Term, Term])[];
  const found = pairs.find(([key]) => key.type === 'string' && key.value === name)?.[1];
  return found?.type === 'string' ? found.value : undefined;
}

/**
 * Checks that the entrypoint exists, is marked, and denies by default.
 * `entrypoint` is a path, such as `countersign/decision`.
 */
export function entrypointFindings(modules: readonly Module[], entrypoint: string): Finding[] {
  const name = entrypoint.split('/').join('.');
  const rules = rulesNamed(modules, name);
  const [first] = rules;
  if (first === undefined) return [absent(modules, name)];
  const marked = rules.some(({ rule }) =>
    (rule.annotations ?? []).some(({ entrypoint: is }) => is === true),
  );
  const findings: Finding[] = [];
  const place = placeOf(first.module, first.rule.location);
  if (!marked) {
    findings.push({
      ...place,
      rule: 'entrypoint',
      severity: 'error',
      message: `${name} is not marked as an entrypoint`,
      hint: 'Write `# METADATA` and `# entrypoint: true` above one of its rules.',
    });
  }
  const fallback = rules.find(({ rule }) => rule.default === true);
  const effect = constantMember(fallback?.rule.head.value, 'effect');
  if (effect !== 'deny') {
    findings.push({
      ...(fallback === undefined ? place : placeOf(fallback.module, fallback.rule.location)),
      rule: 'entrypoint-default',
      severity: 'error',
      message:
        fallback === undefined
          ? `${name} has no default: where no rule holds it is undefined`
          : `the default of ${name} does not deny`,
      hint: `Write \`default ${name.split('.').at(-1) ?? ''} := {"effect": "deny", …}\` and rules that allow.`,
    });
  }
  return findings;
}

function absent(modules: readonly Module[], name: string): Finding {
  const marked = modules.flatMap((module) =>
    module.rules
      .filter(({ annotations = [] }) => annotations.some(({ entrypoint: is }) => is === true))
      .map((rule) => ruleName(module, rule)),
  );
  const others = [...new Set(marked)].join(', ');
  return {
    file: modules[0]?.path ?? '.manifest',
    line: 1,
    rule: 'entrypoint',
    severity: 'error',
    message: `there is no rule ${name}${others === '' ? '' : `; entrypoints are ${others}`}`,
    hint: 'The service evaluates that rule: write it, or name another one (--entrypoint, policy.entrypoint).',
  };
}
