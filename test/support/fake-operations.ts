import type { LimitsView } from '../../src/use-cases/admin/limits.js';
import type {
  AccessGranted,
  AdminOperations,
  Introspection,
  LiveTokens,
  PublicOperations,
  RevocationCommand,
} from '../../src/use-cases/operations.js';
import type { AdminContext } from '../../src/use-cases/admin/context.js';
import type { AuditQuery, PageRequest } from '../../src/domain/audit-query.js';
import type { Judgement } from '../../src/domain/access-evaluation.js';
import type { CountersignError } from '../../src/domain/errors.js';
import type { AccessRequest, ClientCredential, RequestContext } from '../../src/domain/request.js';
import type { RevocationOutcome } from '../../src/domain/revocation.js';
import { completed } from './completed-operations.js';
import { fakePolicyOperations } from './fake-policy-operations.js';
import { fakeLimits, LIMITS } from './fake-limits.js';
import { fakeSignals } from './fake-signals.js';
import { JUDGEMENT } from './fake-evaluations.js';
import { DELIVERY, EVENT } from './fake-events.js';
import { AGENT, CLAIMS, GRANTED, KEY, RESOURCE, RESOURCE_SERVER, SECRET } from './fake-records.js';

/** A call that reached the operations, for tests to look at. */
export interface SeenCall {
  readonly operation: string;
  readonly arguments: readonly unknown[];
}

type Behaviour<T> = () => T | Promise<T>;

/** Operations that answer what a test says and remember what they were asked. */
export class FakeOperations {
  readonly seen: SeenCall[] = [];
  authorizeWith: Behaviour<AccessGranted> = () => GRANTED;
  introspectWith: Behaviour<Introspection> = () => ({ active: true, claims: CLAIMS });
  revokeTokenWith: Behaviour<void> = () => undefined;
  evaluateAccessWith: Behaviour<readonly Judgement[]> = () => [JUDGEMENT];
  revokeWith: Behaviour<RevocationOutcome> = () => ({ state: 'done', revId: 'rev_1' });
  /** When set, every admin operation but `revocations` throws it. */
  adminFails: CountersignError | undefined = undefined;
  limitsView: LimitsView = LIMITS;

  readonly public: PublicOperations = {
    authorize: async (
      request: AccessRequest,
      credential: ClientCredential,
      context: RequestContext,
    ) => {
      this.#note('authorize', request, credential, context);
      return this.authorizeWith();
    },
    introspect: async (token, credential, context) => {
      this.#note('introspect', token, credential, context);
      return this.introspectWith();
    },
    revokeToken: async (token, credential, context) => {
      this.#note('revokeToken', token, credential, context);
      await this.revokeTokenWith();
    },
    evaluateAccess: async (batch, credential, context) => {
      this.#note('evaluateAccess', batch, credential, context);
      return this.evaluateAccessWith();
    },
  };

  /** Answers of operations that `admin` does not name, by `group.operation`; else undefined. */
  readonly answers = new Map<string, unknown>();

  readonly admin: AdminOperations = completed(
    (operation, ...passed) => this.#answer(operation, this.answers.get(operation), ...passed),
    {
      agents: {
        list: (page: PageRequest) =>
          this.#answer('agents.list', { items: [AGENT], nextCursor: 'next' }, page),
        get: (id) => this.#answer('agents.get', AGENT, id),
        create: (spec, context, options) =>
          this.#answer(
            'agents.create',
            { agent: { ...AGENT, spec }, secret: SECRET },
            spec,
            context,
            options,
          ),
        restore: (id, reason, ...more) =>
          this.#answer('agents.restore', { agent: AGENT, secret: SECRET }, id, reason, ...more),
        update: (id, spec, version, context, options) =>
          this.#answer(
            'agents.update',
            { agent: { ...AGENT, spec }, ...liveTokensOf(this.answers.get('agents.update')) },
            id,
            spec,
            version,
            context,
            options,
          ),
        remove: (id, context) => this.#answer('agents.remove', undefined, id, context),
        setStatus: (id, status, reason, context) =>
          this.#answer('agents.setStatus', { ...AGENT, status }, id, status, reason, context),
        release: (id, release, context) =>
          this.#answer(
            'agents.release',
            { ...AGENT, status: 'active' as const },
            id,
            release,
            context,
          ),
        listSecrets: (id) => this.#answer('agents.listSecrets', AGENT.secrets, id),
        createSecret: (id, context, options) =>
          this.#answer('agents.createSecret', SECRET, id, context, options),
        removeSecret: (id, secretId, context, options) =>
          this.#answer(
            'agents.removeSecret',
            this.answers.get('agents.removeSecret') as LiveTokens | undefined,
            id,
            secretId,
            context,
            options,
          ),
      },
      resources: {
        list: (page) =>
          this.#answer('resources.list', { items: [RESOURCE], nextCursor: undefined }, page),
        get: (id) => this.#answer('resources.get', RESOURCE, id),
        put: (spec, version, context) =>
          this.#answer('resources.put', { ...RESOURCE, spec }, spec, version, context),
        remove: (id, context) => this.#answer('resources.remove', undefined, id, context),
      },
      resourceServers: {
        list: (page) =>
          this.#answer(
            'resourceServers.list',
            { items: [RESOURCE_SERVER], nextCursor: undefined },
            page,
          ),
        get: (id) => this.#answer('resourceServers.get', RESOURCE_SERVER, id),
        create: (spec, context, options) =>
          this.#answer(
            'resourceServers.create',
            { resourceServer: { ...RESOURCE_SERVER, spec }, secret: SECRET },
            spec,
            context,
            options,
          ),
        update: (id, spec, version, context) =>
          this.#answer(
            'resourceServers.update',
            { ...RESOURCE_SERVER, spec },
            id,
            spec,
            version,
            context,
          ),
        remove: (id, context) => this.#answer('resourceServers.remove', undefined, id, context),
        listSecrets: (id) =>
          this.#answer('resourceServers.listSecrets', RESOURCE_SERVER.secrets, id),
        createSecret: (id, context, options) =>
          this.#answer('resourceServers.createSecret', SECRET, id, context, options),
        removeSecret: (id, secretId, context) =>
          this.#answer('resourceServers.removeSecret', undefined, id, secretId, context),
      },
      revocations: {
        revoke: async (command: RevocationCommand, context: AdminContext) => {
          this.#note('revocations.revoke', command, context);
          return this.revokeWith();
        },
        lift: async (command, context) => {
          this.#note('revocations.lift', command, context);
          return this.revokeWith();
        },
      },
      keys: {
        list: () => this.#answer('keys.list', [KEY]),
        requestRotation: (context) => this.#answer('keys.requestRotation', undefined, context),
        revoke: async (kid, reason, context) => {
          this.#note('keys.revoke', kid, reason, context);
          return this.revokeWith();
        },
      },
      audit: {
        query: (query: AuditQuery) =>
          this.#answer(
            'audit.query',
            { items: [EVENT], nextCursor: undefined, complete: true },
            query,
          ),
      },
      deliveries: {
        list: (page) =>
          this.#answer('deliveries.list', { items: [DELIVERY], nextCursor: undefined }, page),
        retry: (id, context) => this.#answer('deliveries.retry', undefined, id, context),
      },
      signals: fakeSignals((operation, answer, ...passed) =>
        this.#answer(operation, answer, ...passed),
      ),
      limits: fakeLimits(
        (operation, answer, ...passed) => this.#answer(operation, answer, ...passed),
        () => this.limitsView,
      ),
      ...fakePolicyOperations((operation, answer, ...passed) =>
        this.#answer(operation, answer, ...passed),
      ),
    },
  );

  /** Back to answering what a healthy service would, with nothing seen. */
  reset(): void {
    this.seen.length = 0;
    this.authorizeWith = () => GRANTED;
    this.introspectWith = () => ({ active: true, claims: CLAIMS });
    this.revokeTokenWith = () => undefined;
    this.evaluateAccessWith = () => [JUDGEMENT];
    this.revokeWith = () => ({ state: 'done', revId: 'rev_1' });
    this.adminFails = undefined;
    this.limitsView = LIMITS;
    this.answers.clear();
  }

  /** The last call of an operation; throws when there was none. */
  last(operation: string): SeenCall {
    const found = this.seen.findLast((call) => call.operation === operation);
    if (found === undefined) throw new Error(`${operation} was not called`);
    return found;
  }

  #note(operation: string, ...passed: unknown[]): void {
    this.seen.push({ operation, arguments: passed });
  }

  #answer<T>(operation: string, answer: T, ...passed: unknown[]): Promise<T> {
    this.#note(operation, ...passed);
    return this.adminFails === undefined
      ? Promise.resolve(answer)
      : Promise.reject(this.adminFails);
  }
}

function liveTokensOf(answer: unknown): { liveTokens?: LiveTokens } {
  return answer === undefined ? {} : { liveTokens: answer as LiveTokens };
}
