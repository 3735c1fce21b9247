import { readFileSync } from 'node:fs';
import type {
  AdmissionReport,
  AdmissionStep,
  TestedInputs,
} from '../../../../src/domain/policy-lifecycle.js';
import { admitBundle } from '../../../../src/policy/admission/admit-bundle.js';
import type { AdmissionOptions, AdmissionTask } from '../../../../src/policy/admission/options.js';
import { runSteps } from '../../../../src/policy/admission/run-steps.js';
import { isTested } from '../../../../src/policy/admission/tested.js';
import { Whereabouts } from '../../../../src/policy/admission/whereabouts.js';
import { buildBundle, type BundleSource } from '../../../support/bundles/build.js';

const PAGE = readFileSync(new URL('../../../../docs/policy/admission.md', import.meta.url), 'utf8');

/** The rule docs/policy/admission.md gives: an input that is not what the service promises is denied. */
export const WELL_FORMED = /```rego\n(well_formed if .*?)```/s.exec(PAGE)?.[1] ?? '';

/** What may differ from a policy that keeps every property: it lets readers search, with nothing but literals. */
export interface Variant {
  readonly when?: string;
  readonly scopes?: string;
  readonly ttlSeconds?: string;
  /** Rules in addition to the decision. */
  readonly rules?: string;
  readonly wellFormed?: string;
}

export function searchPolicy(variant: Variant = {}): string {
  const {
    when = '"reader" in input.agent.roles',
    scopes = 'known',
    ttlSeconds = 'min([600, input.request.ttl_seconds, object.get(input.resource, "max_ttl_seconds", 600)])',
    rules = '',
    wellFormed = WELL_FORMED,
  } = variant;
  return `${wellFormed}
default decision := {
	"effect": "deny",
	"reasons": [{"rule": "test.denied", "code": "denied", "message": "Nothing allows this."}],
	"obligations": [],
}

decision := {
	"effect": "allow",
	"grant": {"scopes": ${scopes}, "ttl_seconds": ${ttlSeconds}},
	"reasons": [{"rule": "test.search", "code": "search", "message": "Readers may search."}],
	"obligations": [],
} if {
	well_formed
	input.request.resource == "library"
	known := [scope |
		some scope in input.request.scopes
		scope in {"search", "read:books"}
	]
	count(known) > 0
	${when}
}
${rules}
`;
}

export const OPTIONS: AdmissionOptions = { bundle: { verification: 'off' } };
/** For tests that wait for no deadline: a machine may be busy. */
export const UNHURRIED: AdmissionOptions = { ...OPTIONS, deadlineMs: 110_000 };
/** For tests of other steps than the properties: the fewest inputs that admission calls enough. */
export const FEW_INPUTS: AdmissionOptions = { ...UNHURRIED, inputs: 20 };
/** For tests of no measurement either: the largest inputs of the default policy take seconds of a core. */
export const SMALL_INPUTS: AdmissionOptions = { ...FEW_INPUTS, inputMaxBytes: 16 * 1024 };

/** Admits a policy that the real OPA compiled. */
export function admitPolicy(
  source: BundleSource,
  options: Partial<AdmissionOptions> = {},
): Promise<AdmissionReport> {
  return admitBundle(readFileSync(buildBundle(source)), { ...UNHURRIED, ...options });
}

/** What the steps of admission find, without the thread they run in: several times as fast once their code is warm. */
export type StepsReport = Pick<AdmissionReport, 'ok' | 'steps' | 'tested' | 'inputs'>;

/** Runs the steps of admission on a policy in the thread of the tests. */
export async function runPolicySteps(
  source: BundleSource,
  options: Partial<AdmissionOptions> = {},
): Promise<StepsReport> {
  // An input that shows a violation is made small only while there is time.
  const endAtMs = performance.timeOrigin + performance.now() + 600_000;
  const task: AdmissionTask = {
    ...{ archive: readFileSync(buildBundle(source)), shared: Whereabouts.memory(), endAtMs },
    options: { ...UNHURRIED, ...options },
  };
  let inputs: TestedInputs | undefined;
  const steps = await runSteps(task, (progress) => {
    if ('inputs' in progress) inputs = progress.inputs;
  });
  const tested = inputs !== undefined && isTested(inputs);
  const ok = steps.every((step) => step.ok);
  return { ok, steps, tested, ...(inputs === undefined ? {} : { inputs }) };
}

export function stepOf(report: StepsReport, name: string): AdmissionStep {
  const step = report.steps.find((one) => one.name === name);
  if (step === undefined) throw new Error(`the report has no step ${name}`);
  return step;
}

/** The names of the steps that did not pass, those left out because of them excluded. */
export function failedSteps(report: StepsReport): string[] {
  return report.steps
    .filter(({ ok, detail }) => !ok && !detail.startsWith('skipped'))
    .map(({ name }) => name);
}
