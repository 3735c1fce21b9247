import type { Command } from 'commander';
import type { Cli } from './define.js';

/** A top-level command, as listed by `countersign --help`. */
interface FirstLevel {
  readonly name: string;
  readonly description: string;
  /** Whether it has `--json`; a command with subcommands has no options. */
  readonly json: boolean;
  /** Loads the function that adds the options or subcommands. */
  readonly load: () => Promise<(command: Command, cli: Cli) => void>;
}

/** Top-level commands in the order of `--help`. Names and descriptions only: always loaded. */
export const COMMANDS: readonly FirstLevel[] = [
  {
    name: 'start',
    description:
      'run service, worker and, when none is configured, a private Redis on this machine',
    json: false,
    load: () => import('./commands/processes.js').then((at) => at.startCommand),
  },
  {
    name: 'serve',
    description: 'run the service; logs go to standard output as JSON',
    json: false,
    load: () => import('./commands/processes.js').then((at) => at.serveCommand),
  },
  {
    name: 'worker',
    description: 'run the background jobs: audit export, expiry, webhooks, key rotation',
    json: false,
    load: () => import('./commands/processes.js').then((at) => at.workerCommand),
  },
  {
    name: 'config',
    description: 'check and show the configuration',
    json: false,
    load: () => import('./commands/config.js').then((at) => at.configCommands),
  },
  {
    name: 'agent',
    description: 'register, change and disable agents',
    json: false,
    load: () => import('./commands/agent.js').then((at) => at.agentCommands),
  },
  {
    name: 'signals',
    description: 'show and manage the signals and the anomaly score of agents',
    json: false,
    load: () => import('./commands/signals.js').then((at) => at.signalCommands),
  },
  {
    name: 'limits',
    description: 'show and set shared request budgets and costs',
    json: false,
    load: () => import('./commands/limits.js').then((at) => at.limitsCommands),
  },
  {
    name: 'resource',
    description: 'manage resources and their scopes',
    json: false,
    load: () => import('./commands/resource.js').then((at) => at.resourceCommands),
  },
  {
    name: 'resource-server',
    description: 'manage resource servers, which introspect tokens',
    json: false,
    load: () => import('./commands/resource.js').then((at) => at.resourceServerCommands),
  },
  {
    name: 'token',
    description: 'request, introspect and revoke tokens',
    json: false,
    load: () => import('./commands/token.js').then((at) => at.tokenCommands),
  },
  {
    name: 'revoke',
    description: 'revoke all tokens with a common property',
    json: true,
    load: () => import('./commands/revoke.js').then((at) => at.revokeCommand),
  },
  {
    name: 'key',
    description: 'list, rotate and revoke signing keys',
    json: false,
    load: () => import('./commands/key.js').then((at) => at.keyCommands),
  },
  {
    name: 'audit',
    description: 'search audit events, newest first',
    json: true,
    load: () => import('./commands/audit.js').then((at) => at.auditCommand),
  },
  {
    name: 'policy',
    description: 'build, test and ship policy bundles',
    json: false,
    load: () => import('./commands/policy.js').then((at) => at.policyCommands),
  },
  {
    name: 'deliveries',
    description: 'list and retry webhook deliveries',
    json: false,
    load: () => import('./commands/deliveries.js').then((at) => at.deliveryCommands),
  },
  {
    name: 'store',
    description: 'repair the state in Redis',
    json: false,
    load: () => import('./commands/store.js').then((at) => at.storeCommands),
  },
  {
    name: 'doctor',
    description: 'diagnose configuration, Redis and service, with advice',
    json: true,
    load: () => import('./commands/doctor.js').then((at) => at.doctorCommand),
  },
];
