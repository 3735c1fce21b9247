import type { Principal } from '../../domain/revocation.js';
import type { ReleasedSignals } from '../../domain/signals.js';

/** The caller of the admin API. */
export interface AdminContext {
  readonly requestId: string;
  readonly principal: Principal;
}

/** A new secret, shown only in the answer to the call that created it. */
export interface CreatedSecret {
  readonly id: string;
  readonly secret: string;
  readonly expires_at_ms?: number;
}

/** The terms of a release from quarantine. */
export interface AgentRelease {
  readonly reason: string;
  readonly signals: ReleasedSignals;
}
