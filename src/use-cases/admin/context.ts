import type { Principal } from '../../domain/revocation.js';
import type { ReleasedSignals } from '../../domain/signals.js';

/** Who called the admin API. */
export interface AdminContext {
  readonly requestId: string;
  readonly principal: Principal;
}

/** A secret is shown in the answer to the call that made it, and never again. */
export interface CreatedSecret {
  readonly id: string;
  readonly secret: string;
}

/** How a quarantine is ended. */
export interface AgentRelease {
  readonly reason: string;
  readonly signals: ReleasedSignals;
}
