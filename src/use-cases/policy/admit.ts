import { CountersignError } from '../../domain/errors.js';
import type { AdmissionReport, BundleRecord, PolicyStore } from '../../domain/policy-lifecycle.js';
import type { AdminContext } from '../admin/context.js';
import type { BundleAdmission, GatherSamples } from './ports.js';

export interface AdmitDeps {
  readonly store: PolicyStore;
  readonly admission: BundleAdmission;
  readonly samples: GatherSamples;
}

/** What the caller accepts of an admission. */
export interface AdmissionWish {
  /** Accepts a bundle that no input tested. */
  readonly allowUntested?: boolean;
}

/**
 * Tests a stored bundle and stores the report with its record and event.
 * Throws `not_found` without its archive.
 */
export async function admit(
  { store, admission, samples }: AdmitDeps,
  record: BundleRecord,
  { allowUntested = false }: AdmissionWish,
  context: AdminContext,
): Promise<BundleRecord & { readonly report: AdmissionReport }> {
  const archive = await store.archive(record.digest);
  if (archive === undefined)
    throw new CountersignError('not_found', 'The store no longer has the bundle.');
  const document = await store.document();
  // An active or former bundle may be tested again: the activation decides whether it may return.
  const known = [document?.active, ...(document?.history ?? [])].some(
    (one) => one?.digest === record.digest,
  );
  const report = await admission.admit(archive, {
    highestSequence: known ? 0 : (document?.highest_sequence ?? 0),
    allowUntested,
    samples: await samples(),
    first: document === undefined,
  });
  await store.report(record.digest, { report }, [admissionEvent(record, report, context)]);
  return { ...record, report };
}

/** Returns the event of a report. */
export function admissionEvent(
  { digest, revision }: Pick<BundleRecord, 'digest' | 'revision'>,
  report: AdmissionReport,
  { requestId, principal }: AdminContext,
): Parameters<PolicyStore['report']>[2][number] {
  const failed = report.steps.filter(({ ok }) => !ok);
  return {
    type: report.ok ? 'policy.admitted' : 'policy.refused',
    request_id: requestId,
    principal,
    policy_revision: revision,
    detail: {
      digest,
      took_ms: report.took_ms,
      ...testedOf(report),
      ...(failed.length === 0
        ? {}
        : { problems: problemsOf(report).map(({ message }) => message) }),
    },
  };
}

/** Returns what an event says of a report: a bundle that was not tested is named so. */
export function testedOf({ tested, inputs }: AdmissionReport): object {
  if (tested !== false || inputs === undefined) return tested === undefined ? {} : { tested };
  const { granted, untested } = inputs;
  return { tested, granted, untested };
}

/**
 * Returns the record with a passed report.
 * Admits the bundle now when it was never admitted, or only by an earlier build with fewer checks. `decides`: an
 * untested bundle is then accepted by this caller too, not by that of its admission alone. Throws `bundle_refused`.
 */
export async function requireAdmitted(
  deps: AdmitDeps,
  record: BundleRecord,
  wish: AdmissionWish & { readonly decides: boolean },
  context: AdminContext,
): Promise<BundleRecord & { readonly report: AdmissionReport }> {
  const { report } = record;
  const again = report === undefined || isEarlier(report) || mayPassNow(report, wish);
  const admitted = again ? await admit(deps, record, wish, context) : { ...record, report };
  if (!admitted.report.ok) {
    throw new CountersignError('bundle_refused', 'The bundle was refused at admission.', {
      problems: problemsOf(admitted.report),
    });
  }
  if (admitted.report.tested === false && wish.decides && wish.allowUntested !== true) {
    throw new CountersignError('bundle_refused', 'The bundle was admitted untested.', {
      problems: untestedProblems(admitted.report),
    });
  }
  return admitted;
}

/** Returns whether an earlier build with fewer checks passed the bundle. */
function isEarlier({ ok, known_input: known, tested }: AdmissionReport): boolean {
  return ok && (known === undefined || tested === undefined);
}

/** Returns whether a refused bundle was untested, which the caller now accepts. */
function mayPassNow({ ok, tested }: AdmissionReport, { allowUntested }: AdmissionWish): boolean {
  return !ok && tested === false && allowUntested === true;
}

function untestedProblems({ steps }: AdmissionReport): { pointer: string; message: string }[] {
  return steps.flatMap(({ name, warnings = [] }) =>
    warnings
      .filter((warning) => warning.startsWith('accepted untested: '))
      .map((message) => ({ pointer: `/${name}`, message })),
  );
}

const MAX_PROBLEMS = 64;

/** Returns the problems in a report. */
export function problemsOf({
  steps,
}: AdmissionReport): { readonly pointer: string; readonly message: string }[] {
  return steps
    .filter(({ ok }) => !ok)
    .flatMap(({ name, detail, problems = [detail] }) =>
      problems.map((message) => ({ pointer: `/${name}`, message })),
    )
    .slice(0, MAX_PROBLEMS);
}
