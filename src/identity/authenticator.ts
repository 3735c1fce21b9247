import type { AgentRecord, ResourceServerRecord } from '../domain/records.js';
import type { ClientCredential, CredentialOrigin } from '../domain/request.js';
import type { ClientAuthenticator } from '../domain/authentication.js';
import { claimedSubject } from './assertion-subject.js';
import type { AuthenticatorDeps, CredentialSource } from './ports.js';
import { createAssertionProof, createSecretProof, type Proof } from './proof.js';
import { type ProofAttempt, type Mode, prove } from './prove.js';
import { invalidClient, notSidecarAgent } from './refusal.js';
const AUTHENTICATING: ReadonlySet<string> = new Set(['active', 'quarantined']);

/**
 * Creates the client authentication.
 * Every failure gets one answer for equal work, whether the client is known or not (see `prove`). The work is two
 * rounds of equal comparisons and at most one read of the store.
 */
export function createAuthenticator(deps: AuthenticatorDeps): ClientAuthenticator {
  const assertionProof = createAssertionProof(deps);
  const agent = (
    credential: ClientCredential,
    alias: string | undefined,
    origin: CredentialOrigin,
    mode: Mode,
  ): Promise<AgentRecord> => {
    const id = claimedId(credential);
    const aliasFits = alias === undefined || alias === id;
    if (credential.method === 'sidecar') {
      return findSidecarAgent(deps.agents, credential.clientId, aliasFits, mode);
    }
    const proof: Proof<AgentRecord> =
      credential.method === 'private_key_jwt'
        ? assertionProof(credential.assertion, id)
        : createSecretProof(deps, credential.secret, 'agent');
    return prove(
      deps,
      deps.agents,
      { id, origin, mode },
      {
        ...proof,
        possible: proof.possible && aliasFits,
        holds: (record) => proof.holds(record) && isAuthenticating(record),
      },
    );
  };
  return {
    authenticateAgent: (credential, alias, origin) => agent(credential, alias, origin, 'first'),
    authenticateAgentAgain: (credential, alias, origin) =>
      agent(credential, alias, origin, 'again'),
    authenticateResourceServer: (credential, origin) => serverOf(deps, credential, origin),
  };
}

async function serverOf(
  deps: AuthenticatorDeps,
  credential: ClientCredential,
  origin: CredentialOrigin,
): Promise<ResourceServerRecord> {
  if (credential.method === 'private_key_jwt' || credential.method === 'sidecar') {
    throw invalidClient('not a method of resource servers');
  }
  const proof = createSecretProof<ResourceServerRecord>(deps, credential.secret, 'resource_server');
  const attempt: ProofAttempt = { id: credential.clientId, origin, mode: 'first' };
  return prove(deps, deps.resourceServers, attempt, {
    ...proof,
    holds: (server) => proof.holds(server) && server?.disabled === false && !server.deleted,
  });
}

/**
 * Outside the failure budgets: another process next to the agent could otherwise lock it out by naming
 * it.
 */
async function findSidecarAgent(
  agents: CredentialSource<AgentRecord>,
  id: string,
  aliasFits: boolean,
  mode: Mode,
): Promise<AgentRecord> {
  const turn = agents.turn();
  let agent = mode === 'first' ? await agents.find(id) : undefined;
  if (!isAuthenticating(agent)) agent = await agents.readSince(id, turn);
  if (agent === undefined || !isAuthenticating(agent)) {
    throw invalidClient('the sidecar may not act for this agent');
  }
  if (!aliasFits) throw notSidecarAgent();
  return agent;
}

function isAuthenticating(agent: AgentRecord | undefined): boolean {
  return agent !== undefined && AUTHENTICATING.has(agent.status);
}

/**
 * Returns the claimed client id.
 * For an assertion, its unverified `sub`, which must equal any `client_id` in the request.
 */
function claimedId(credential: ClientCredential): string | undefined {
  if (credential.method !== 'private_key_jwt') return credential.clientId;
  const subject = claimedSubject(credential.assertion);
  const fits = credential.clientId === undefined || credential.clientId === subject;
  return fits ? subject : undefined;
}
