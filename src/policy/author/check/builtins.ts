import { calls, placeOf, type Module } from './ast.js';
import type { Finding } from '../../../domain/policy-author.js';

const HINTS: readonly (readonly [name: RegExp, hint: string])[] = [
  [/^time\.now_ns$/, 'Use input.now.unix_ms: a decision depends on input and data alone.'],
  [
    /^(http\.send|net\.lookup_ip_addr)$/,
    'A decision makes no network calls: put the facts into data or the registry.',
  ],
  [/^(opa\.runtime|rego\.parse_module|trace)$/, 'A decision depends on input and data alone.'],
  [/^(rand\.|uuid\.rfc4122)/, 'A decision must be repeatable: a policy has no random values.'],
  [
    /^json\.is_valid$/,
    'It corrupts the memory of the instance. Use `_ := json.unmarshal(text)`, which is undefined for invalid JSON.',
  ],
  [/^io\.jwt\./, 'Tokens are verified before the policy is evaluated; io.jwt.decode reads one.'],
  [
    /^regex\.(split|replace|globs_match|template_match|find_n)$/,
    'Only regex.match, regex.is_valid and regex.find_all_string_submatch_n run in linear time here.',
  ],
];
const OTHERWISE =
  'Write it with the builtins of rego/capabilities.json; docs/policy/authoring.md lists what WASM lacks.';

/** Finds calls of builtins that opa knows and the service lacks. */
export function builtinFindings(
  modules: readonly Module[],
  known: ReadonlySet<string>,
  allowed: ReadonlySet<string>,
): Finding[] {
  return modules.flatMap((module) =>
    [...calls(module.rules)]
      .filter(({ name }) => known.has(name) && !allowed.has(name) && !isOwn(module, name))
      .map(({ name, location }) => ({
        ...placeOf(module, location),
        rule: 'builtin' as const,
        severity: 'error' as const,
        message: `${name} is not available when the policy runs`,
        hint: HINTS.find(([pattern]) => pattern.test(name))?.[1] ?? OTHERWISE,
      })),
  );
}

/** Returns whether the policy defines a function with the name of a builtin. */
function isOwn(module: Module, name: string): boolean {
  const [first = ''] = name.split('.');
  return module.imports.has(first) || module.rules.some(({ head }) => head.name === name);
}
