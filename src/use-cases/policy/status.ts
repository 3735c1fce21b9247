import type { OpaStatus } from '../../domain/opa-status.js';

/** The status of this node in OPA's words. */
export interface StatusOperations {
  read(): Promise<OpaStatus>;
}
