import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { serveWith } from '../../src/app/service.js';
import { work } from '../../src/app/worker.js';
import { DEMO_REGISTRY } from '../../src/config/demo.js';
import { loadConfig, type Overrides } from '../../src/config/load.js';
import { readFileIfPresent } from '../../src/config/read-file.js';
import { resolveSecrets } from '../../src/config/secrets.js';
import type { Logger } from '../../src/domain/logger.js';
import type { AgentSpec, ResourceServerSpec, ResourceSpec } from '../../src/domain/records.js';
import { createLifecycle, type Lifecycle } from '../../src/process/lifecycle.js';
import { mintSecret } from '../../src/registry/secret.js';
import { editedScripts, type EditScript } from './edited-scripts.js';
import { HttpClient } from './http.js';
import { rememberedAdmission } from './remembered-admission.js';

export interface TestServiceOptions {
  readonly redisUrl: string;
  /** Shared by services that share a store and its secrets; a new folder unless given. */
  readonly dataDir?: string;
  readonly agents?: readonly AgentSpec[];
  readonly resources?: readonly ResourceSpec[];
  readonly resourceServers?: readonly ResourceServerSpec[];
  readonly overrides?: Overrides;
  /** The `policy` section of the file, for what no override can say. */
  readonly policy?: object;
  /** The `admin` section of the file. */
  readonly admin?: object;
  /** The `webhooks` of the file; their secrets are in `env`. */
  readonly webhooks?: readonly object[];
  readonly env?: Readonly<Record<string, string>>;
  readonly worker?: boolean;
  readonly editScript?: EditScript;
}

/** The real service, in this process, on real Redis. */
export interface TestService {
  readonly publicUrl: string;
  readonly adminUrl: string;
  readonly sidecarUrl: string;
  readonly adminToken: string;
  readonly dataDir: string;
  readonly http: HttpClient;
  /** Basic credentials of the demo's agent and resource server. */
  readonly agent: readonly [string, string];
  readonly resourceServer: readonly [string, string];
  readonly log: string[];
  readonly lifecycle: Lifecycle;
  close(): Promise<void>;
}

/** An agent of the demo's grants with budgets that do not get in the way. */
export const LOAD_AGENT: AgentSpec = {
  id: 'demo-agent',
  roles: ['demo'],
  grants: [
    { resource: 'stripe', scopes: ['read_invoices', 'read_customers', 'create_refund'] },
    { resource: 'customers-db', scopes: ['read:customers:*'] },
    { resource: 'research-api', scopes: ['search', 'fetch:*'] },
  ],
  rate: {
    per_minute: 1_000_000,
    burst: 1_000_000,
    resource_per_minute: 1_000_000,
    resource_burst: 1_000_000,
  },
};

/** Starts the service with the demo's registry, and what is given on top, on free ports. */
export async function startService(options: TestServiceOptions): Promise<TestService> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'countersign-'));
  const config = loadConfig(
    { COUNTERSIGN_CONFIG: 'test.yaml', ...options.env },
    (path) => (path.endsWith('test.yaml') ? stringify(document(options)) : readFileIfPresent(path)),
    {
      'redis.url': options.redisUrl,
      data_dir: dataDir,
      'listeners.public.port': 0,
      'listeners.admin.port': 0,
      'listeners.sidecar.port': 0,
      'policy.watch': false,
      // Tried on fewer inputs, and with a longer deadline: many services start here, on a busy machine.
      'policy.admission.inputs': 20,
      'policy.admission.deadline_ms': 60_000,
      'policy.ready_timeout_ms': 120_000,
      // Several services share this process, and one that starts holds the loop of the others.
      'redis.command_timeout_ms': 10_000,
      'request.deadline_ms': 30_000,
      issuer: 'http://127.0.0.1:8484',
      ...options.overrides,
    },
  );
  const log: string[] = [];
  const logger = memoryLog(log);
  const secrets = await resolveSecrets(config, () => mintSecret('admin').secret);
  const lifecycle = createLifecycle({ log: logger, deadlineMs: 120_000 });
  const hooks = { log: logger, logLinesDropped: () => 0, secrets, lifecycle };
  const service = await serveWith(
    { scripts: editedScripts(options.editScript), admission: rememberedAdmission },
    config,
    hooks,
  );
  const worker = options.worker === true ? await work(config, hooks) : undefined;
  const { publicUrl, adminUrl, sidecarUrl = '', demo } = service;
  const adminToken = secrets.adminToken ?? '';
  const http = new HttpClient({ publicUrl, adminUrl, sidecarUrl, adminToken });
  return {
    publicUrl,
    adminUrl,
    sidecarUrl,
    adminToken,
    dataDir,
    http,
    agent: [demo?.agent.id ?? '', demo?.agent.client_secret ?? ''],
    resourceServer: [demo?.resource_server.id ?? '', demo?.resource_server.client_secret ?? ''],
    log,
    lifecycle,
    async close() {
      await http.close();
      await worker?.close();
      await service.close();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function document(options: TestServiceOptions): object {
  const agents = options.agents ?? [LOAD_AGENT];
  const named = new Set(agents.map(({ id }) => id));
  return {
    ...(options.policy === undefined ? {} : { policy: options.policy }),
    ...(options.admin === undefined ? {} : { admin: options.admin }),
    ...(options.webhooks === undefined ? {} : { webhooks: options.webhooks }),
    registry: {
      revision: 1,
      agents: [...DEMO_REGISTRY.agents.filter(({ id }) => !named.has(id)), ...agents],
      resources: [...DEMO_REGISTRY.resources, ...(options.resources ?? [])],
      resource_servers: [...DEMO_REGISTRY.resource_servers, ...(options.resourceServers ?? [])],
    },
  };
}

function memoryLog(lines: string[]): Logger {
  const add = (level: string) => (fields: object, message: string) => {
    lines.push(JSON.stringify({ level, ...fields, message }));
  };
  return { debug: add('debug'), info: add('info'), warn: add('warn'), error: add('error') };
}
