import { isTree } from '../merge.js';
import { linesOf, type Workspace } from '../workspace.js';
import type { Finding } from '../../../domain/policy-author.js';

/** The parts of `opa parse --format json` that the checks read. */
export interface Location {
  readonly file: string;
  readonly row: number;
  readonly col: number;
}

export interface Term {
  readonly type: string;
  readonly value: unknown;
  readonly location?: Location;
}

export interface Expression {
  readonly terms: unknown;
  readonly negated?: boolean;
  readonly location?: Location;
}

export interface Head {
  readonly name?: string;
  readonly ref?: readonly Term[];
  readonly args?: readonly Term[];
  readonly key?: Term;
  readonly value?: Term;
}

export interface Annotation {
  readonly entrypoint?: boolean;
  readonly custom?: Readonly<Record<string, unknown>>;
}

export interface Rule {
  readonly head: Head;
  readonly body: readonly Expression[];
  readonly default?: boolean;
  readonly else?: Rule;
  readonly annotations?: readonly Annotation[];
  readonly location: Location;
}

/** One file of Rego. */
export interface Module {
  readonly path: string;
  /** Package name, such as `countersign.grants`. */
  readonly package: string;
  /** Imports by alias, without the prefix `data.`. */
  readonly imports: ReadonlyMap<string, string>;
  readonly rules: readonly Rule[];
}

interface ParsedFile {
  readonly package: { readonly path: readonly Term[] };
  readonly imports?: readonly { readonly path: Term; readonly alias?: string }[];
  readonly rules?: readonly Rule[];
}

const AT_ONCE = 2;

/** Parses files with `opa parse`; a parse error is a finding. Throws AuthorFailed `deadline`. */
export async function parseModules(
  workspace: Workspace,
  paths: readonly string[],
  findings: Finding[],
): Promise<Module[]> {
  const modules: Module[] = [];
  const left = [...paths];
  const next = async (): Promise<void> => {
    for (let path = left.shift(); path !== undefined; path = left.shift()) {
      const run = await workspace.opa([
        ...['parse', path, '--format', 'json', '--json-include', 'locations,annotations,-comments'],
      ]);
      if (run.code === 0) modules.push(moduleOf(path, JSON.parse(run.stdout) as ParsedFile));
      else findings.push(...opaFindings(run.stdout, run.stderr, 'parse', path));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return modules.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function moduleOf(path: string, { package: at, imports = [], rules = [] }: ParsedFile): Module {
  const named = imports.flatMap(({ path: imported, alias }) => {
    const parts = textsOf(imported.value as readonly Term[]);
    const name = alias ?? parts.at(-1);
    return name === undefined || parts[0] !== 'data'
      ? []
      : [[name, parts.slice(1).join('.')] as const];
  });
  const own = textsOf(at.path).slice(1).join('.');
  return { path, package: own, imports: new Map(named), rules };
}

/** Returns the constant parts of a reference, up to the first variable. */
export function textsOf(ref: readonly Term[]): string[] {
  const end = ref.findIndex(
    ({ value }, at) => typeof value !== 'string' || (at > 0 && ref[at]?.type === 'var'),
  );
  return (end === -1 ? ref : ref.slice(0, end)).map(({ value }) => String(value));
}

/** Returns the full name of a rule, such as `countersign.grants.held`. */
export function ruleName(module: Module, { head }: Rule): string {
  const own = head.ref === undefined ? [head.name ?? ''] : textsOf(head.ref);
  return [module.package, ...own].join('.');
}

/** Returns a rule and every `else` of it. */
export function withElse(rule: Rule): Rule[] {
  return rule.else === undefined ? [rule] : [rule, ...withElse(rule.else)];
}

/** Yields every object of a tree, outermost first. */
export function* nodes(tree: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (Array.isArray(tree)) {
    for (const item of tree as readonly unknown[]) yield* nodes(item);
  } else if (isTree(tree)) {
    yield tree;
    for (const [name, member] of Object.entries(tree)) {
      if (name !== 'location' && name !== 'annotations') yield* nodes(member);
    }
  }
}

export interface CallSite {
  /** Name as written, such as `regex.match`. */
  readonly name: string;
  readonly operands: readonly Term[];
  readonly location: Location | undefined;
}

/** Yields every call below a node. */
export function* calls(tree: unknown): Generator<CallSite> {
  for (const node of nodes(tree)) {
    const list = node['type'] === 'call' ? node['value'] : node['terms'];
    if (!Array.isArray(list)) continue;
    const [operator, ...operands] = list as readonly Term[];
    if (operator?.type !== 'ref') continue;
    const name = textsOf(operator.value as readonly Term[]).join('.');
    yield { name, operands, location: operator.location };
  }
}

interface OpaErrors {
  readonly errors?: readonly {
    readonly message: string;
    readonly location?: Location;
  }[];
}

/** Converts error output of opa to findings. */
export function opaFindings(
  stdout: string,
  stderr: string,
  rule: 'parse' | 'types',
  path: string,
): Finding[] {
  const hint = rule === 'parse' ? 'Correct the syntax.' : 'Reported by opa check --strict.';
  const about = { rule, severity: 'error', hint } as const;
  for (const text of [stdout, stderr]) {
    try {
      const { errors = [] } = JSON.parse(text) as OpaErrors;
      return errors.map(({ message, location }) => ({
        file: location?.file ?? path,
        line: location?.row ?? 1,
        ...(location !== undefined && location.col > 0 && { column: location.col }),
        ...about,
        message,
      }));
    } catch {
      // The errors are on the other stream, or on neither.
    }
  }
  const message = linesOf({ code: 1, stdout, stderr }).join('; ');
  return [{ file: path, line: 1, ...about, message }];
}

/** Returns the place of a finding. */
export function placeOf(
  module: Module,
  ...locations: readonly (Location | undefined)[]
): Pick<Finding, 'file' | 'line' | 'column'> {
  const at = locations.find((location) => location !== undefined);
  return { file: module.path, line: at?.row ?? 1, ...(at !== undefined && { column: at.col }) };
}
