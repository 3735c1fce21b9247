import type { OpaStatus } from '../../domain/opa-status.js';
import type { AdminContext } from '../admin/context.js';

/** The status of this node in OPA's format. */
export interface StatusOperations {
  read(context: Pick<AdminContext, 'principal'>): Promise<OpaStatus>;
}
