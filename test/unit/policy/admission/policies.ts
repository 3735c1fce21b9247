import { readFileSync } from 'node:fs';
import type { AdmissionReport, AdmissionStep } from '../../../../src/domain/policy-lifecycle.js';
import { admitBundle } from '../../../../src/policy/admission/admit-bundle.js';
import type { AdmissionOptions } from '../../../../src/policy/admission/options.js';
import { buildBundle, type BundleSource } from '../../../support/bundles/build.js';

/** What docs/policy-admission.md recommends: an input that is not what the service promises is denied. */
export const WELL_FORMED = `
well_formed if {
	object.keys(input) == {"request", "agent", "resource", "signals", "delegation", "approval", "now"}
	input.approval == null
	input.delegation == {"chain": []}
	is_object(input.signals)
	is_number(input.now.unix_ms)
	is_string(input.agent.id)
	input.agent.id != ""
	object.keys(input.request) == {"resource", "scopes", "ttl_seconds", "declared"}
	is_object(input.request.declared)
	object.keys(input.request.declared) - {"session_id", "task_id", "user_id", "reason"} == set()
	is_array(input.request.scopes)
	count(input.request.scopes) > 0
	every scope in input.request.scopes {
		is_string(scope)
	}
	count({scope | some scope in input.request.scopes}) == count(input.request.scopes)
	is_number(input.request.ttl_seconds)
	input.request.ttl_seconds >= 1
	input.resource.id == input.request.resource
}
`;

/** What may differ from a policy that keeps every property: it lets readers search, with nothing but literals. */
export interface Variant {
  readonly when?: string;
  readonly scopes?: string;
  readonly ttlSeconds?: string;
  /** Rules beside the decision. */
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

/** Admits a policy that the real OPA compiled. */
export function admitPolicy(
  source: BundleSource,
  options: Partial<AdmissionOptions> = {},
): Promise<AdmissionReport> {
  return admitBundle(readFileSync(buildBundle(source)), { ...OPTIONS, ...options });
}

export function stepOf(report: AdmissionReport, name: string): AdmissionStep {
  const step = report.steps.find((one) => one.name === name);
  if (step === undefined) throw new Error(`the report has no step ${name}`);
  return step;
}

/** The names of the steps that did not pass, those left out because of them excluded. */
export function failedSteps(report: AdmissionReport): string[] {
  return report.steps
    .filter(({ ok, detail }) => !ok && !detail.startsWith('skipped'))
    .map(({ name }) => name);
}
