import { CountersignError } from '../../domain/errors.js';
import type { AdmissionReport, BundleRecord, PolicyStore } from '../../domain/policy-lifecycle.js';
import type { AdminContext } from '../admin/context.js';
import type { BundleAdmission } from './ports.js';

export interface AdmitDeps {
  readonly store: PolicyStore;
  readonly admission: BundleAdmission;
}

/**
 * Tests a stored bundle and stores the report with its record and event.
 * Throws `not_found` without its archive.
 */
export async function admit(
  { store, admission }: AdmitDeps,
  record: BundleRecord,
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
  const highest = known ? 0 : (document?.highest_sequence ?? 0);
  const report = await admission.admit(archive, highest);
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
      ...(failed.length === 0
        ? {}
        : { problems: problemsOf(report).map(({ message }) => message) }),
    },
  };
}

/**
 * Returns the record with a passed report.
 * Admits the bundle now when it was never admitted, or only by an earlier build with fewer checks. Throws
 * `bundle_refused`.
 */
export async function requireAdmitted(
  deps: AdmitDeps,
  record: BundleRecord,
  context: AdminContext,
): Promise<BundleRecord> {
  const { report } = record;
  const earlier = report?.ok === true && report.known_input === undefined;
  const admitted =
    report === undefined || earlier ? await admit(deps, record, context) : { ...record, report };
  if (admitted.report.ok) return admitted;
  throw new CountersignError('bundle_refused', 'The bundle was refused at admission.', {
    problems: problemsOf(admitted.report),
  });
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
