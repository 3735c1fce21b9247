import { readFileSync } from 'node:fs';
import { packArchive } from '../../src/policy/bundle/pack.js';
import { GRANT_WHAT_IS_ASKED } from './bundles/policies.js';
import type { Answer, Ask, HttpClient } from './http.js';
import { SMALL_POLICY } from './policy-folder.js';
import { bundleFile } from './two-services.js';

/** One operation: how it is called, and what a call that did its work answers. */
export interface OperationCase {
  /** Its id in the OpenAPI document. */
  readonly operation: string;
  readonly call: (subject: Subject) => Promise<Answer>;
  readonly status?: number;
}

/** The service that is called, and what earlier calls made. */
export interface Subject {
  readonly http: HttpClient;
  /** A delivery that is irrevocable. */
  readonly deliveryId: string;
  readonly decisionId: string;
  readonly made: Map<string, string>;
}

const AGENT = '/admin/v1/agents/cased';
const RESOURCE = '/admin/v1/resources/cased';
const SERVER = '/admin/v1/resource-servers/cased-server';
const BUNDLES = '/admin/v1/policy/bundles';
const SPEC = {
  id: 'cased',
  audiences: ['https://cased.example'],
  scopes: [{ name: 'look', risk: 'low', description: 'Look' }],
};
const REASON = { reason: 'each operation is called once' };
const SINCE = { since: '0' };
const INPUT = {
  request: { scopes: ['read_invoices'], ttl_seconds: 60 },
  resource: { id: 'stripe', scopes: [] },
};

type Call = OperationCase['call'];

function call(method: string, path: string, json?: object): Call {
  return ({ http }) => http.admin(method, path, json === undefined ? {} : { json });
}

/** Calls with the file as the body. */
function sends(path: string, archive: () => Promise<Uint8Array> | Uint8Array): Call {
  return async ({ http }) => {
    const ask: Ask = { body: await archive(), headers: { 'content-type': 'application/gzip' } };
    return http.admin('POST', path, ask);
  };
}

/** Calls, and keeps a member of the answer under a name. */
function keeps(name: string, member: string, inner: Call): Call {
  return async (subject) => {
    const answer = await inner(subject);
    subject.made.set(name, String(answer.json()[member]));
    return answer;
  };
}

const sources = (): Promise<Uint8Array> =>
  packArchive(
    new Map(Object.entries(SMALL_POLICY).map(([path, text]) => [path, Buffer.from(text)])),
  );
const bundle = (): Uint8Array => readFileSync(bundleFile(GRANT_WHAT_IS_ASKED, 'second', 2));

interface Documented {
  readonly operationId: string;
  readonly parameters?: readonly { readonly required?: boolean }[];
}

/** Every operation of the admin listener: those of the table, then each GET that needs no parameter. */
export function operationCases(openapi: Readonly<Record<string, unknown>>): {
  readonly cases: readonly OperationCase[];
  readonly documented: readonly string[];
} {
  const paths = openapi['paths'] as Record<string, Record<string, Documented>>;
  const all = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, one]) =>
      'operationId' in one ? [{ path, method, ...one }] : [],
    ),
  );
  const inTable = new Set(OPERATION_CASES.map(({ operation }) => operation));
  const plain = all.filter(
    ({ operationId, path, method, parameters = [] }) =>
      method === 'get' &&
      !inTable.has(operationId) &&
      !path.includes('{') &&
      parameters.every(({ required }) => required !== true),
  );
  return {
    cases: [
      ...OPERATION_CASES,
      ...plain.map(({ operationId, path }) => ({
        operation: operationId,
        call: call('GET', path),
      })),
    ],
    documented: all.map(({ operationId }) => operationId),
  };
}

/** The operations that change something or need a parameter, in an order in which each finds what it needs. */
const OPERATION_CASES: readonly OperationCase[] = [
  {
    operation: 'retryDelivery',
    call: (subject) =>
      subject.http.admin('POST', `/admin/v1/deliveries/${subject.deliveryId}/retry`),
    status: 202,
  },
  { operation: 'listDeliveries', call: call('GET', '/admin/v1/deliveries?state=irrevocable') },
  { operation: 'queryAudit', call: call('GET', '/admin/v1/audit?type=access.granted') },
  {
    operation: 'createAgent',
    call: call('POST', '/admin/v1/agents', { id: 'cased' }),
    status: 201,
  },
  { operation: 'getAgent', call: call('GET', AGENT) },
  {
    operation: 'updateAgent',
    call: call('PUT', AGENT, { id: 'cased', description: 'looked at', version: 1 }),
  },
  { operation: 'listAgentSecrets', call: call('GET', `${AGENT}/secrets`) },
  {
    operation: 'createAgentSecret',
    call: keeps('agent-secret', 'id', call('POST', `${AGENT}/secrets`)),
    status: 201,
  },
  {
    operation: 'deleteAgentSecret',
    call: (subject) =>
      subject.http.admin('DELETE', `${AGENT}/secrets/${subject.made.get('agent-secret') ?? ''}`),
    status: 204,
  },
  { operation: 'getAgentSignals', call: call('GET', '/admin/v1/agents/demo-agent/signals') },
  {
    operation: 'exportAgentSignals',
    call: call('GET', '/admin/v1/agents/demo-agent/signals/export'),
  },
  {
    operation: 'resetAgentSignals',
    call: call('POST', `${AGENT}/signals/reset`, REASON),
    status: 204,
  },
  {
    operation: 'simulateSignals',
    call: call('POST', '/admin/v1/signals/simulations', { ...SINCE, quarantine: 0.9 }),
  },
  {
    operation: 'setAgentStatus',
    call: call('POST', `${AGENT}/status`, { status: 'quarantined', ...REASON }),
  },
  { operation: 'releaseAgent', call: call('POST', `${AGENT}/release`, REASON) },
  { operation: 'deleteAgent', call: call('DELETE', AGENT), status: 204 },
  { operation: 'restoreAgent', call: call('POST', `${AGENT}/restore`, REASON), status: 201 },
  { operation: 'getLimits', call: keeps('limits', 'version', call('GET', '/admin/v1/limits')) },
  {
    operation: 'putLimits',
    call: (subject) =>
      subject.http.admin('PUT', '/admin/v1/limits', {
        json: {
          global: { per_minute: 100_000, burst: 100_000 },
          version: Number(subject.made.get('limits')),
        },
      }),
  },
  { operation: 'resetLimits', call: call('DELETE', '/admin/v1/limits') },
  { operation: 'putResource', call: call('PUT', RESOURCE, SPEC) },
  { operation: 'getResource', call: call('GET', RESOURCE) },
  {
    operation: 'createResourceServer',
    call: call('POST', '/admin/v1/resource-servers', { id: 'cased-server', resources: ['cased'] }),
    status: 201,
  },
  { operation: 'getResourceServer', call: call('GET', SERVER) },
  {
    operation: 'updateResourceServer',
    call: call('PUT', SERVER, { id: 'cased-server', resources: ['cased', 'stripe'], version: 1 }),
  },
  { operation: 'listResourceServerSecrets', call: call('GET', `${SERVER}/secrets`) },
  {
    operation: 'createResourceServerSecret',
    call: keeps('server-secret', 'id', call('POST', `${SERVER}/secrets`)),
    status: 201,
  },
  {
    operation: 'deleteResourceServerSecret',
    call: (subject) =>
      subject.http.admin('DELETE', `${SERVER}/secrets/${subject.made.get('server-secret') ?? ''}`),
    status: 204,
  },
  { operation: 'deleteResourceServer', call: call('DELETE', SERVER), status: 204 },
  { operation: 'deleteResource', call: call('DELETE', RESOURCE), status: 204 },
  {
    operation: 'createRevocation',
    call: call('POST', '/admin/v1/revocations', {
      by: 'session',
      value: 'cased',
      deny_until_lifted: true,
      ...REASON,
    }),
  },
  {
    operation: 'liftRevocation',
    call: call('POST', '/admin/v1/revocations/lift', { by: 'session', value: 'cased', ...REASON }),
  },
  { operation: 'listKeys', call: keepsActiveKey(call('GET', '/admin/v1/keys')) },
  { operation: 'rotateKeys', call: call('POST', '/admin/v1/keys/rotate'), status: 202 },
  {
    operation: 'revokeKey',
    call: (subject) =>
      subject.http.admin('POST', `/admin/v1/keys/${subject.made.get('key') ?? ''}/revoke`, {
        json: REASON,
      }),
  },
  { operation: 'resetClock', call: call('POST', '/admin/v1/store/reset-clock', REASON) },
  { operation: 'reloadPolicy', call: call('POST', '/admin/v1/policy/reload') },
  { operation: 'evaluateData', call: call('POST', '/v1/data/countersign/decision', { input: {} }) },
  { operation: 'checkPolicy', call: sends('/admin/v1/policy/check', sources) },
  { operation: 'testPolicy', call: sends('/admin/v1/policy/test', sources) },
  { operation: 'buildPolicy', call: sends('/admin/v1/policy/build', sources) },
  { operation: 'pushBundle', call: sends(BUNDLES, bundle), status: 201 },
  { operation: 'getBundle', call: call('GET', `${BUNDLES}/second`) },
  { operation: 'admitBundle', call: call('POST', `${BUNDLES}/second/admit`) },
  { operation: 'replayBundle', call: call('POST', `${BUNDLES}/second/replay`, SINCE) },
  { operation: 'diffBundles', call: call('GET', '/admin/v1/policy/diff?from=first&to=second') },
  {
    operation: 'explainDecision',
    call: (subject) => subject.http.admin('GET', `/admin/v1/policy/explain/${subject.decisionId}`),
  },
  { operation: 'evaluatePolicy', call: call('POST', '/admin/v1/policy/eval', { input: INPUT }) },
  { operation: 'tightenGrants', call: call('POST', '/admin/v1/policy/tighten', SINCE) },
  { operation: 'startShadow', call: call('POST', `${BUNDLES}/second/shadow`, {}) },
  { operation: 'endShadow', call: call('DELETE', '/admin/v1/policy/shadow') },
  { operation: 'startCanary', call: call('POST', `${BUNDLES}/second/canary`, { percent: 50 }) },
  { operation: 'endCanary', call: call('DELETE', '/admin/v1/policy/canary') },
  { operation: 'activateBundle', call: call('POST', `${BUNDLES}/second/activate`, {}) },
  { operation: 'rollbackPolicy', call: call('POST', '/admin/v1/policy/rollback', REASON) },
  { operation: 'errorPage', call: call('GET', '/errors/not_found') },
];

function keepsActiveKey(inner: Call): Call {
  return async (subject) => {
    const answer = await inner(subject);
    const keys = (answer.json()['items'] ?? answer.json()['keys']) as {
      kid: string;
      state: string;
    }[];
    subject.made.set('key', keys.find(({ state }) => state === 'active')?.kid ?? '');
    return answer;
  };
}
