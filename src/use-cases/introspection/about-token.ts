import type { AuditEvent } from '../../domain/audit.js';
import type { TokenClaims } from '../../domain/token.js';

/** Returns the event members about a token: its agent, its declared context, and its decision. */
export function aboutToken(claims: TokenClaims): Partial<AuditEvent> {
  const { session_id, task_id, user_id } = claims;
  return {
    agent_id: claims.sub,
    ...(session_id === undefined ? {} : { session_id }),
    ...(task_id === undefined ? {} : { task_id }),
    ...(user_id === undefined ? {} : { user_id }),
    jti: claims.jti,
    grant_id: claims.grant_id,
    decision_id: claims.decision_id,
  };
}
