import type { PolicyInput, PolicyResult } from '../../domain/policy.js';
import { NEUTRAL_INPUT } from '../serving/neutral-input.js';
import {
  checkInput,
  problemIn,
  readCaseFiles,
  type CaseFile,
  type Expectation,
  type WrittenCase,
} from './case-file.js';
import { mergePatch, overlay } from './merge.js';

/** One case with its complete input. It no longer depends on its file. */
export interface PolicyCase {
  /** Path relative to the folder of cases. */
  readonly file: string;
  readonly name: string;
  readonly input: PolicyInput;
  /** True when the input violates its schema, so that its type PolicyInput is nominal only. */
  readonly breaksSchema: boolean;
  readonly expect: Expectation & { readonly scopes: readonly string[] };
}

/** The cases of a policy are invalid; `problems` lists every one. */
export class CasesInvalid extends Error {
  override readonly name = 'CasesInvalid';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('; '));
  }
}

/** Parses case files, JSON texts by path. Pure. Throws CasesInvalid with every problem of every file. */
export function parseCases(texts: ReadonlyMap<string, string>): PolicyCase[] {
  const problems: string[] = [];
  const files = readCaseFiles(texts, problems);
  const cases: PolicyCase[] = [];
  for (const [file, written] of files) {
    const start = startOf(file, written, files, problems);
    const names = new Set<string>();
    for (const one of written.cases ?? []) {
      const where = `${file}: ${one.name}`;
      if (names.has(one.name)) problems.push(`${where}: two cases have this name`);
      names.add(one.name);
      const input = inputOf(one, start, where, problems);
      const breaksSchema = one.breaks_schema === true;
      cases.push({ file, name: one.name, input, breaksSchema, expect: complete(one) });
    }
  }
  if (problems.length > 0) throw new CasesInvalid(problems);
  return cases;
}

/** Fills in expected scopes: all requested for `allow`, none for an effect that grants nothing. */
function complete({ ask, expect }: WrittenCase): PolicyCase['expect'] {
  return { ...expect, scopes: expect.scopes ?? (expect.effect === 'allow' ? ask.scopes : []) };
}

/** Returns the policy input of a case. */
export function caseInput(one: PolicyCase): PolicyInput {
  return one.input;
}

interface Start {
  readonly base: unknown;
  readonly resources: Readonly<Record<string, object>>;
}

function startOf(
  file: string,
  { from, base = {}, resources = {} }: CaseFile,
  files: ReadonlyMap<string, CaseFile>,
  problems: string[],
): Start {
  const other = from === undefined ? undefined : files.get(from);
  if (from !== undefined && other === undefined) {
    problems.push(`${file}: from: no readable file ${from} in its folder`);
  }
  if (other?.from !== undefined) problems.push(`${file}: from: ${from ?? ''} has a from itself`);
  return {
    base: overlay(overlay(NEUTRAL_INPUT, other?.base ?? {}), base),
    resources: { ...other?.resources, ...resources },
  };
}

function inputOf(one: WrittenCase, start: Start, where: string, problems: string[]): PolicyInput {
  const { ask, at, input = {}, breaks_schema: breaks = false } = one;
  const known = Object.hasOwn(start.resources, ask.resource);
  if (!known) problems.push(`${where}: no entry of \`resources\` is named ${ask.resource}`);
  const asked = {
    request: ask,
    resource: { id: ask.resource, ...start.resources[ask.resource] },
    ...(at === undefined ? {} : { now: { unix_ms: Date.parse(at) } }),
  };
  const made = mergePatch(overlay(start.base, asked), input);
  const checked = checkInput(made);
  if (breaks && checked.ok) problems.push(`${where}: breaks_schema, but its input does not`);
  if (!breaks && !checked.ok) {
    problems.push(...checked.problems.map((p) => problemIn(`${where}: input`, p)));
  }
  return made as PolicyInput;
}

/**
 * Returns the differences between a result and the expectation; empty when the case passes.
 * Unordered lists are sorted first.
 */
export function compareCase(one: PolicyCase, result: PolicyResult): string[] {
  const seen = seenIn(result);
  const wanted = wantedOf(one);
  return Object.entries(wanted).flatMap(([member, value]) => {
    const [want, saw] = [JSON.stringify(value), JSON.stringify(seen[member as keyof Seen])];
    return want === saw ? [] : [`${member}: expected ${want}, got ${saw}`];
  });
}

type Seen = Required<Expectation>;

function seenIn(result: PolicyResult): Seen {
  const alarms = result.obligations.filter(({ type }) => type === 'alarm');
  return {
    effect: result.effect,
    scopes: sorted(result.grant?.scopes ?? []),
    ttl_seconds: result.grant?.ttl_seconds ?? 0,
    removed: byName(Object.fromEntries((result.removed ?? []).map((r) => [r.scope, r.rule]))),
    codes: sorted(result.reasons.map(({ code }) => code)),
    rules: sorted(result.reasons.map(({ rule }) => rule)),
    alarms: sorted(alarms.map(({ properties }) => String(properties['signal']))),
    approvers: sorted(result.review?.approvers ?? []),
    obligations: sorted(result.obligations.map(({ type }) => type)),
  };
}

function wantedOf({ expect }: PolicyCase): Partial<Seen> {
  const grants = expect.effect === 'allow' || expect.effect === 'narrow';
  const { codes, rules, approvers, obligations } = expect;
  return {
    effect: expect.effect,
    scopes: sorted(expect.scopes),
    ...(grants && expect.ttl_seconds === undefined ? {} : { ttl_seconds: expect.ttl_seconds ?? 0 }),
    removed: byName(expect.removed ?? {}),
    ...(codes && { codes: sorted(codes) }),
    ...(rules && { rules: sorted(rules) }),
    alarms: sorted(expect.alarms ?? []),
    ...(approvers && { approvers: sorted(approvers) }),
    ...(obligations && { obligations: sorted(obligations) }),
  };
}

function sorted(items: readonly string[]): readonly string[] {
  return [...items].sort();
}

function byName(members: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)));
}
