import {
  calls,
  nodes,
  placeOf,
  textsOf,
  withElse,
  type CallSite,
  type Module,
  type Rule,
  type Term,
} from './ast.js';
import { mentionsInput } from './denials.js';
import { rulesNamed } from './entrypoint.js';
import type { Finding } from '../../../domain/policy-author.js';
import { patternCost } from './pattern-cost.js';

/** Position of the pattern among the operands, by builtin. */
const PATTERN_OPERAND: ReadonlyMap<string, number> = new Map([
  ['regex.match', 0],
  ['re_match', 0],
  ['regex.find_n', 0],
  ['regex.find_all_string_submatch_n', 0],
  ['regex.split', 0],
  ['regex.replace', 1],
  ['glob.match', 0],
]);
const COSTLY_STATES = 1000;
const RUINOUS_STATES = 50_000;

/** Finds expensive patterns and patterns that are not constant. */
export function patternFindings(modules: readonly Module[]): Finding[] {
  return modules.flatMap((module) =>
    module.rules
      .flatMap((rule) => withElse(rule))
      .flatMap((rule) => {
        // Each `else` is checked separately.
        const { else: _, ...own } = rule;
        return [...calls(own)].flatMap((call) => findingsOf(modules, module, rule, call));
      }),
  );
}

function findingsOf(
  modules: readonly Module[],
  module: Module,
  rule: Rule,
  { name, operands, location }: CallSite,
): Finding[] {
  const at = PATTERN_OPERAND.get(name);
  const operand = at === undefined ? undefined : operands[at];
  if (operand === undefined) return [];
  const place = placeOf(module, operand.location, location, rule.location);
  const written = writtenAs(modules, module, rule, operand);
  if (written === undefined) {
    return [{ ...place, ...notWritten(name, fromInput(rule, operand)) }];
  }
  return name === 'glob.match' ? [] : costOf(written).map((finding) => ({ ...place, ...finding }));
}

type About = Pick<Finding, 'rule' | 'severity' | 'message' | 'hint'>;

function notWritten(name: string, isInput: boolean): About {
  if (isInput) {
    return {
      rule: 'pattern-source',
      severity: 'error',
      message: `the pattern of ${name} comes from the input`,
      hint: 'The caller would choose the match and its cost: write patterns into the policy.',
    };
  }
  return {
    rule: 'pattern-source',
    severity: 'warning',
    message: `the pattern of ${name} is not a constant`,
    hint: 'Each new pattern is compiled at its first use, which takes longer than a decision; thousands use up the fuel. Write a constant where possible.',
  };
}

function costOf(pattern: string): About[] {
  const { states, nested } = patternCost(pattern);
  const found: About[] = [];
  if (states > COSTLY_STATES) {
    found.push({
      rule: 'regex-cost',
      severity: states > RUINOUS_STATES ? 'error' : 'warning',
      message: `the pattern becomes about ${String(states)} states, which takes milliseconds to compile`,
      hint: 'Use smaller counts or narrower classes: count(s) <= 100 together with [a-z]+ is equivalent to [a-z]{1,100}.',
    });
  }
  if (nested) {
    found.push({
      rule: 'regex-cost',
      severity: 'warning',
      message: 'the pattern repeats a repetition',
      hint: 'Write (a+)+ as a+, which is equivalent.',
    });
  }
  return found;
}

/** Returns the constant text of a term: a literal, an assignment of the body, or a constant rule. */
function writtenAs(
  modules: readonly Module[],
  module: Module,
  rule: Rule,
  term: Term,
): string | undefined {
  if (term.type === 'string') return String(term.value);
  if (term.type !== 'var' && term.type !== 'ref') return undefined;
  const parts = term.type === 'var' ? [String(term.value)] : textsOf(term.value as readonly Term[]);
  if (term.type === 'ref' && parts.length < (term.value as readonly Term[]).length)
    return undefined;
  const [first = '', ...rest] = parts;
  if (rest.length === 0) {
    const assigned = assignedTo(rule, first);
    if (assigned?.type === 'string') return String(assigned.value);
  }
  const full =
    first === 'data'
      ? rest.join('.')
      : [module.imports.get(first) ?? `${module.package}.${first}`, ...rest].join('.');
  const named = rulesNamed(modules, full);
  const [only] = named;
  const value = only?.rule.head.value;
  return named.length === 1 && value?.type === 'string' ? String(value.value) : undefined;
}

function assignedTo(rule: Rule, name: string): Term | undefined {
  for (const { name: operator, operands } of calls(rule)) {
    const [left, right] = operands;
    if ((operator === 'assign' || operator === 'eq') && left?.value === name) return right;
  }
  return undefined;
}

/** Returns whether a term is part of the input, or a name that the body takes from it. */
function fromInput(rule: Rule, term: Term): boolean {
  if (mentionsInput(term)) return true;
  for (const node of nodes(term)) {
    if (node['type'] !== 'var') continue;
    for (const { name, operands } of calls(rule)) {
      const binds = name === 'assign' || name === 'eq' || name.startsWith('internal.member_');
      const bound = operands.slice(0, -1).some(({ value }) => value === node['value']);
      if (binds && bound && mentionsInput(operands.at(-1))) return true;
    }
  }
  return false;
}
