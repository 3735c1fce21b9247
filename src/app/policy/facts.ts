import type { BundleFacts } from '../../domain/opa-status.js';
import type { PolicyDocument } from '../../domain/policy-lifecycle.js';
import type { PollerStatus } from '../../policy/source/source.js';

/** Name of the only bundle in the status, metrics and decision log events. */
export const BUNDLE_NAME = 'countersign';

/** Returns the facts of the active bundle and of its source. */
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
