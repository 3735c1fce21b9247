import type { StreamName } from '../domain/worker-ports.js';

/**
 * The only source of key names.
 * All keys of one shard have one hash tag, so a request touches one Redis Cluster slot. Callers check the shape
 * of ids before they reach this module.
 */
export interface Keys {
  meta(shard: StreamName): string;
  audit(shard: StreamName): string;
  revocations(shard: number): string;
  agent(shard: number, agentId: string): string;
  agents(shard: number): string;
  signals(shard: number, agentId: string): string;
  bucket(shard: number, agentId: string): string;
  resourceBucket(shard: number, agentId: string, resource: string): string;
  /** Exists for two seconds after a request of the agent. */
  lastRequest(shard: number, agentId: string): string;
  evaluationBucket(shard: number, kind: string, callerId: string): string;
  /** Exists for one minute after a refusal of the caller was recorded. */
  evaluationRefusal(shard: number, kind: string, callerId: string): string;
  /** `digest`: hexadecimal digest of the owner. */
  ownerBudget(shard: number, digest: string): string;
  /** Refusal counts, two fields for each agent and bucket. */
  refusals(shard: number): string;
  /** The minute of each refusal count. */
  refusalMinutes(shard: number): string;
  token(shard: number, jti: string): string;
  grant(shard: number, grantId: string): string;
  expiry(shard: number): string;
  assertion(shard: number, agentId: string, digest: string): string;
  failures(shard: number): string;
  /** Time of the last use of a client secret. */
  secretUse(shard: number, secretId: string): string;
  readonly globalBudget: string;
  readonly limits: string;
  readonly settings: string;
  readonly intents: string;
  readonly keyring: string;
  readonly resources: string;
  readonly audienceHolders: string;
  readonly resourceServers: string;
  readonly configRevision: string;
  readonly auditOwner: string;
  readonly auditAlarm: string;
  readonly auditSinks: string;
  readonly retryRequests: string;
  readonly policy: string;
  readonly policyBundles: string;
  readonly policyNodes: string;
  readonly signalPriors: string;
  /** `hex`: the digest without its `sha256:`. */
  policyArchive(hex: string): string;
}

/** Creates the keys: `<prefix>:{s17}:` for shard 17, `<prefix>:{control}:` for data outside the shards. */
export function createKeys(prefix: string): Keys {
  const bases: string[] = [];
  const shardBase = (shard: number): string => (bases[shard] ??= `${prefix}:{s${String(shard)}}:`);
  const control = `${prefix}:{control}:`;
  const base = (name: StreamName): string => (name === 'control' ? control : shardBase(name));
  return {
    meta: (shard) => `${base(shard)}meta`,
    audit: (shard) => `${base(shard)}audit`,
    revocations: (shard) => `${shardBase(shard)}revocations`,
    agent: (shard, agentId) => `${shardBase(shard)}agent:${agentId}`,
    agents: (shard) => `${shardBase(shard)}agents`,
    signals: (shard, agentId) => `${shardBase(shard)}signals:${agentId}`,
    bucket: (shard, agentId) => `${shardBase(shard)}bucket:${agentId}`,
    resourceBucket: (shard, agentId, resource) =>
      `${shardBase(shard)}bucket:${agentId}:${resource}`,
    lastRequest: (shard, agentId) => `${shardBase(shard)}last-request:${agentId}`,
    evaluationBucket: (shard, kind, callerId) =>
      `${shardBase(shard)}evaluations:${kind}:${callerId}`,
    evaluationRefusal: (shard, kind, callerId) =>
      `${shardBase(shard)}evaluations-refused:${kind}:${callerId}`,
    ownerBudget: (shard, digest) => `${shardBase(shard)}owner-budget:${digest}`,
    refusals: (shard) => `${shardBase(shard)}refusals`,
    refusalMinutes: (shard) => `${shardBase(shard)}refusal-minutes`,
    token: (shard, jti) => `${shardBase(shard)}token:${jti}`,
    grant: (shard, grantId) => `${shardBase(shard)}grant:${grantId}`,
    expiry: (shard) => `${shardBase(shard)}expiry`,
    assertion: (shard, agentId, digest) => `${shardBase(shard)}assertion:${agentId}:${digest}`,
    failures: (shard) => `${shardBase(shard)}failures`,
    secretUse: (shard, secretId) => `${shardBase(shard)}secret-use:${secretId}`,
    globalBudget: `${control}global-budget`,
    limits: `${control}limits`,
    settings: `${control}settings`,
    intents: `${control}intents`,
    keyring: `${control}keyring`,
    resources: `${control}resources`,
    audienceHolders: `${control}audience-holders`,
    resourceServers: `${control}resource-servers`,
    configRevision: `${control}config-revision`,
    auditOwner: `${control}audit-owner`,
    auditAlarm: `${control}audit-alarm`,
    auditSinks: `${control}audit-sinks`,
    retryRequests: `${control}retry-requests`,
    policy: `${control}policy`,
    policyBundles: `${control}policy-bundles`,
    policyNodes: `${control}policy-nodes`,
    signalPriors: `${control}signal-priors`,
    policyArchive: (hex) => `${control}policy-archive:${hex}`,
  };
}
