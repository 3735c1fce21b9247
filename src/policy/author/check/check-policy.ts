import type { CheckReport, Finding } from '../../../domain/policy-author.js';
import { DEFAULT_ENTRYPOINT } from '../../serving/engine.js';
import { buildIn, type BuiltBundle } from '../build.js';
import { decideCases } from '../case-run.js';
import { AuthorFailed } from '../failed.js';
import type { PolicySources } from '../sources.js';
import {
  allowedBuiltins,
  inWorkspace,
  knownBuiltins,
  type Toolchain,
  type Workspace,
} from '../workspace.js';
import { parseModules, type Module } from './ast.js';
import { builtinFindings } from './builtins.js';
import { dataFindings, numberInRegoFindings } from './data.js';
import { denyOnInputFindings, denyOnlyFindings } from './denials.js';
import { entrypointFindings } from './entrypoint.js';
import { patternFindings } from './patterns.js';
import { ruleIdFindings } from './rule-ids.js';
import { shapeFindings } from './shape.js';
import { decidingPlace, typeFindings } from './types.js';

export interface CheckOptions {
  readonly entrypoint?: string;
  /** Checks the compiled policy further, when the checks before found no error. */
  readonly compiled?: (built: BuiltBundle) => readonly Finding[];
}

/**
 * Checks a policy against the contract of the service, then compiles it and evaluates it once.
 * Every error is a finding. Throws AuthorFailed when the work cannot finish: a missed deadline or no working opa.
 */
export async function checkPolicy(
  sources: PolicySources,
  toolchain: Toolchain,
  options: CheckOptions = {},
): Promise<CheckReport> {
  return inWorkspace(sources, toolchain, async (workspace) => {
    const { entrypoint = DEFAULT_ENTRYPOINT, compiled } = options;
    const findings: Finding[] = [];
    const modules = await parseModules(workspace, [...sources.rego.keys()], findings);
    if (findings.length === 0) {
      findings.push(...(await readFindings(workspace, sources, modules, entrypoint)));
    }
    findings.push(...dataFindings(sources.data));
    if (findings.every(({ severity }) => severity === 'warning')) {
      const { opa } = toolchain;
      const found = await runFindings(workspace, sources, opa.version, modules, entrypoint);
      findings.push(...found.findings, ...(found.built && compiled ? compiled(found.built) : []));
    }
    return reportOf(findings, sources.rego.size);
  });
}

/** Sorts findings by file and line and sets `ok` unless one is an error. */
export function reportOf(findings: readonly Finding[], files: number): CheckReport {
  const ok = findings.every(({ severity }) => severity === 'warning');
  return { ok, findings: [...findings].sort(byPlace), files };
}

function byPlace(a: Finding, b: Finding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || (a.column ?? 0) - (b.column ?? 0);
}

async function readFindings(
  workspace: Workspace,
  sources: PolicySources,
  modules: readonly Module[],
  entrypoint: string,
): Promise<Finding[]> {
  const known = await knownBuiltins(workspace);
  const types = await typeFindings(workspace, sources, known);
  const allowed = await allowedBuiltins();
  try {
    return [
      ...types,
      ...builtinFindings(modules, known, allowed),
      ...entrypointFindings(modules, entrypoint),
      ...shapeFindings(modules, entrypoint),
      ...denyOnlyFindings(modules, entrypoint),
      ...denyOnInputFindings(modules),
      ...patternFindings(modules),
      ...numberInRegoFindings(modules),
      ...ruleIdFindings(modules),
    ];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AuthorFailed('compile', 'the policy is nested too deeply to be parsed', [], error);
  }
}

/** Compiles the policy and evaluates the probe that every bundle must answer before it serves. */
async function runFindings(
  workspace: Workspace,
  sources: PolicySources,
  opaVersion: string,
  modules: readonly Module[],
  entrypoint: string,
): Promise<{ readonly findings: readonly Finding[]; readonly built?: BuiltBundle }> {
  const place = decidingPlace(modules, entrypoint);
  const about = { ...place, rule: 'bundle', severity: 'error' } as const;
  let built: BuiltBundle;
  try {
    built = await buildIn(workspace, { ...sources, cases: new Map() }, opaVersion);
  } catch (error) {
    if (!(error instanceof AuthorFailed) || error.failure !== 'compile') throw error;
    const hint = 'Reported by opa build.';
    const { message, problems } = error;
    return { findings: [{ ...about, message: [message, ...problems].join('; '), hint }] };
  }
  const run = await decideCases(built, entrypoint, workspace.leftMs());
  if (!('refused' in run)) return { findings: [], built };
  const hint =
    'The service refuses a bundle that cannot decide the probe, an empty request of an unknown agent.';
  return { built, findings: run.refused.map((message) => ({ ...about, message, hint })) };
}
