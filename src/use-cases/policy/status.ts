import type { OpaStatus } from '../../domain/opa-status.js';

/** The status of this node in OPA's format. */
export interface StatusOperations {
  read(): Promise<OpaStatus>;
}
