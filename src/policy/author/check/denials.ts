import {
  calls,
  nodes,
  placeOf,
  ruleName,
  type Expression,
  type Module,
  type Rule,
  type Term,
} from './ast.js';
import { constantMember, rulesNamed } from './entrypoint.js';
import type { Finding } from '../../../domain/policy-author.js';

const GRANTS: ReadonlySet<unknown> = new Set(['allow', 'narrow']);
const DENIES = /^(den(y|ied|ials?)|violations?|forbid(den)?|block(ed)?|reject(ed|ions?)?)$/;
const COMPARES: ReadonlySet<string> = new Set(['equal', 'neq', 'eq', 'gt', 'gte', 'lt', 'lte']);
const MAX_DEPTH = 4;

/** Finds decisions that grant unless a rule denies. An undefined or failed condition would then grant. */
export function denyOnlyFindings(modules: readonly Module[], entrypoint: string): Finding[] {
  const name = entrypoint.split('/').join('.');
  const granting = rulesNamed(modules, name).filter(
    ({ rule }) => rule.default !== true && GRANTS.has(constantMember(rule.head.value, 'effect')),
  );
  return granting
    .filter(({ module, rule }) => onlyDenies(modules, module, rule.body, MAX_DEPTH))
    .map(({ module, rule }) => ({
      ...placeOf(module, rule.location),
      rule: 'deny-only',
      severity: 'error',
      message: `${name} grants unless a rule denies`,
      hint: 'State the conditions of a grant: a deny rule does not fire when its input is missing or a builtin fails.',
    }));
}

/** Returns whether a body only checks that nothing denies, with no condition on the request. */
function onlyDenies(
  modules: readonly Module[],
  module: Module,
  body: readonly Expression[],
  depth: number,
): boolean {
  return body.every((expression) => {
    const { terms, negated = false } = expression;
    if (negated) return true;
    if (isEmptiness(terms)) return true;
    const term = Array.isArray(terms) ? undefined : (terms as Term);
    if (term?.type === 'boolean') return term.value === true;
    if (term?.type !== 'var' || depth === 0) return false;
    const named = rulesNamed(modules, `${module.package}.${String(term.value)}`);
    return named.some(
      ({ module: at, rule }) =>
        rule.default !== true && onlyDenies(modules, at, rule.body, depth - 1),
    );
  });
}

/** Returns whether a term tests for emptiness: `count(deny) == 0`, `deny == set()`, `deny == false`. */
function isEmptiness(terms: unknown): boolean {
  if (!Array.isArray(terms) || terms.length !== 3) return false;
  const [call] = calls({ terms });
  if (call?.name !== 'equal' && call?.name !== 'eq') return false;
  return call.operands.some(
    ({ type, value }) =>
      (type === 'number' && value === 0) ||
      (type === 'boolean' && value === false) ||
      (type === 'set' && Array.isArray(value) && value.length === 0),
  );
}

/** Finds rules that deny by comparing input members: a missing member denies nothing. */
export function denyOnInputFindings(modules: readonly Module[]): Finding[] {
  return modules.flatMap((module) =>
    module.rules
      .filter((rule) => rule.default !== true && DENIES.test(lastName(module, rule)))
      .flatMap((rule) => comparisonsOf(rule))
      .map((expression) => ({
        ...placeOf(module, expression.location),
        rule: 'deny-on-input' as const,
        severity: 'warning' as const,
        message: 'this rule does not deny when the compared member is missing from the input',
        hint: 'Invert it: allow when the value is the required one.',
      })),
  );
}

function lastName(module: Module, rule: Rule): string {
  return ruleName(module, rule).split('.').at(-1) ?? '';
}

function comparisonsOf({ body }: Rule): Expression[] {
  return body.filter(({ terms, negated }) => {
    if (negated === true || !Array.isArray(terms)) return false;
    const [call] = calls({ terms: terms as unknown });
    return call !== undefined && COMPARES.has(call.name) && mentionsInput(call.operands);
  });
}

/** Returns whether a node refers to the input. */
export function mentionsInput(tree: unknown): boolean {
  for (const node of nodes(tree)) {
    if (node['type'] === 'var' && node['value'] === 'input') return true;
  }
  return false;
}
