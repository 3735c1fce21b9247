import type { AgentRecord, ResourceServerRecord } from '../domain/records.js';
import type { ClientCredential } from '../domain/request.js';
import { claimedSubject } from './assertion-subject.js';
import type { AuthenticatorDeps, CredentialSource } from './ports.js';
import { createAssertionProof, createSecretProof, type Proof } from './proof.js';
import { invalidClient } from './refusal.js';

/** Who is asking, proven. Both throw CountersignError: `invalid_client`, `slow_down`, or what a store throws. */
export interface Authenticator {
  /**
   * The agent a credential proves. A quarantined agent is who it is, so it authenticates; what it may do is
   * decided later.
   * @param alias `client_id` or `agent_id` of the body, which must name the same agent
   * @param source the peer's address; failures are counted under it
   */
  authenticateAgent(
    credential: ClientCredential,
    alias: string | undefined,
    source: string,
  ): Promise<AgentRecord>;
  /** The resource server a secret proves; resource servers have no other method. */
  authenticateResourceServer(
    credential: ClientCredential,
    source: string,
  ): Promise<ResourceServerRecord>;
}

const CLIENT_ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const AUTHENTICATING: ReadonlySet<string> = new Set(['active', 'quarantined']);

/**
 * Client authentication. Whatever the reason of a failure, the answer is the same, and so is the work: two
 * rounds of the same comparisons and at most one read of the store, known client or not.
 */
export function createAuthenticator(deps: AuthenticatorDeps): Authenticator {
  const assertionProof = createAssertionProof(deps);
  return {
    async authenticateAgent(credential, alias, source) {
      const id = claimedId(credential);
      const aliasFits = alias === undefined || alias === id;
      if (credential.method === 'sidecar') {
        // Not braked: whoever sits beside the agent could otherwise lock it out by naming another.
        const agent = await findSidecarAgent(deps.agents, credential.clientId);
        if (agent === undefined || !aliasFits) throw invalidClient('sidecar agent refused');
        return agent;
      }
      const proof: Proof<AgentRecord> =
        credential.method === 'private_key_jwt'
          ? assertionProof(credential.assertion, id)
          : createSecretProof(deps, credential.secret, 'agent');
      return prove(
        deps,
        deps.agents,
        { id, source, possible: proof.possible && aliasFits },
        {
          ...proof,
          holds: (agent) => proof.holds(agent) && isAuthenticating(agent),
        },
      );
    },
    authenticateResourceServer(credential, source) {
      const byAgentMethod =
        credential.method === 'private_key_jwt' || credential.method === 'sidecar';
      if (byAgentMethod) {
        return Promise.reject(invalidClient('not a method of resource servers'));
      }
      const proof: Proof<ResourceServerRecord> = createSecretProof(
        deps,
        credential.secret,
        'resource_server',
      );
      const attempt = { id: credential.clientId, source, possible: proof.possible };
      return prove(deps, deps.resourceServers, attempt, {
        ...proof,
        holds: (server) => proof.holds(server) && server?.disabled === false && !server.deleted,
      });
    },
  };
}

interface Attempt {
  readonly id: string | undefined;
  readonly source: string;
  /** False when the credential cannot be anybody's: nothing is read, the rest is the same. */
  readonly possible: boolean;
}

async function prove<R>(
  deps: AuthenticatorDeps,
  records: CredentialSource<R>,
  attempt: Attempt,
  proof: Proof<R>,
): Promise<R> {
  const { id, source, possible } = attempt;
  const wellFormedId = id !== undefined && CLIENT_ID.test(id) ? id : '';
  deps.brake.check(source, wellFormedId);
  const readable = possible && wellFormedId !== '';
  const turn = records.turn();
  let record = readable ? await records.find(wellFormedId) : undefined;
  let holds = proof.holds(record) && possible;
  if (!holds) {
    // A secret, key or status may be newer than the cache. An unknown id is never cached: it was read just now.
    if (record !== undefined) record = await records.readSince(wellFormedId, turn);
    holds = proof.holds(record) && possible;
  }
  if (record !== undefined && holds && (await proof.consume(record))) return record;
  deps.brake.charge(source, wellFormedId);
  throw invalidClient(record === undefined ? 'unknown or impossible client' : 'proof failed');
}

async function findSidecarAgent(
  agents: CredentialSource<AgentRecord>,
  id: string,
): Promise<AgentRecord | undefined> {
  const turn = agents.turn();
  const cached = await agents.find(id);
  if (isAuthenticating(cached)) return cached;
  const agent = await agents.readSince(id, turn);
  return isAuthenticating(agent) ? agent : undefined;
}

function isAuthenticating(agent: AgentRecord | undefined): boolean {
  return agent !== undefined && AUTHENTICATING.has(agent.status);
}

/** The id the caller claims; for an assertion, its unverified `sub`, which a `client_id` beside it must equal. */
function claimedId(credential: ClientCredential): string | undefined {
  if (credential.method !== 'private_key_jwt') return credential.clientId;
  const subject = claimedSubject(credential.assertion);
  const fits = credential.clientId === undefined || credential.clientId === subject;
  return fits ? subject : undefined;
}
