import type { BundleFacts } from '../../domain/opa-status.js';
import type { PolicyDocument } from '../../domain/policy-lifecycle.js';
import type { PollerStatus } from '../../policy/source/source.js';

/** The name of the one bundle in the status, in metrics and in decision log events. */
export const BUNDLE_NAME = 'countersign';

/** What is known of the bundle: of the one that decides, and of the source it is looked for in. */
export function factsOf(
  document: PolicyDocument | undefined,
  source: PollerStatus,
  refusal: string | undefined,
): BundleFacts {
  const { last_request_ms: requestedAtMs, last_error: error } = source;
  const failed = error?.message ?? refusal;
  return {
    name: BUNDLE_NAME,
    ...(document === undefined
      ? {}
      : { activeRevision: document.active.revision, activatedAtMs: document.active.since_ms }),
    ...known('downloadedAtMs', source.last_successful_download_ms),
    ...known('answeredAtMs', source.last_successful_request_ms),
    ...known('requestedAtMs', requestedAtMs),
    ...known('sizeBytes', source.size_bytes),
    ...(failed === undefined
      ? {}
      : { failure: { message: failed, ...known('httpCode', error?.http_code) } }),
  };
}

function known<Name extends string>(
  name: Name,
  value: number | undefined,
): Partial<Record<Name, number>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, number>);
}
