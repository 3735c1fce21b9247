import type { Command } from 'commander';
import type { Cli } from './define.js';

/** A command of the first level, as `countersign --help` lists it. */
interface FirstLevel {
  readonly name: string;
  readonly description: string;
  /** Has `--json`; a command with subcommands has no options itself. */
  readonly json: boolean;
  /** Loads what adds the options or subcommands. */
  readonly load: () => Promise<(command: Command, cli: Cli) => void>;
}

/** Every command of the first level, in the order of `--help`. Names and descriptions only: this is loaded always. */
export const COMMANDS: readonly FirstLevel[] = [
  {
    name: 'start',
    description:
      'run all of it on this machine: a private Redis when none is configured, service, worker',
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
    description: 'run the jobs: audit export, expiry, webhooks, key rotation',
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
    description: 'register agents and stop them',
    json: false,
    load: () => import('./commands/agent.js').then((at) => at.agentCommands),
  },
  {
    name: 'signals',
    description: 'what is usual for an agent, and how odd it is now',
    json: false,
    load: () => import('./commands/signals.js').then((at) => at.signalCommands),
  },
  {
    name: 'limits',
    description: 'the request budgets that agents share, and what requests cost',
    json: false,
    load: () => import('./commands/limits.js').then((at) => at.limitsCommands),
  },
  {
    name: 'resource',
    description: 'the catalogue of tools and their scopes',
    json: false,
    load: () => import('./commands/resource.js').then((at) => at.resourceCommands),
  },
  {
    name: 'resource-server',
    description: 'target APIs that may ask whether a token is good',
    json: false,
    load: () => import('./commands/resource.js').then((at) => at.resourceServerCommands),
  },
  {
    name: 'token',
    description: 'ask for tokens, introspect and revoke them',
    json: false,
    load: () => import('./commands/token.js').then((at) => at.tokenCommands),
  },
  {
    name: 'revoke',
    description: 'revoke tokens by what they have in common, at once',
    json: true,
    load: () => import('./commands/revoke.js').then((at) => at.revokeCommand),
  },
  {
    name: 'key',
    description: 'the keys that sign tokens',
    json: false,
    load: () => import('./commands/key.js').then((at) => at.keyCommands),
  },
  {
    name: 'audit',
    description: 'search the record, newest first',
    json: true,
    load: () => import('./commands/audit.js').then((at) => at.auditCommand),
  },
  {
    name: 'policy',
    description: 'write, try and ship the bundle that decides',
    json: false,
    load: () => import('./commands/policy.js').then((at) => at.policyCommands),
  },
  {
    name: 'deliveries',
    description: 'what webhooks were told',
    json: false,
    load: () => import('./commands/deliveries.js').then((at) => at.deliveryCommands),
  },
  {
    name: 'doctor',
    description: 'look for what is wrong, and say what to do',
    json: true,
    load: () => import('./commands/doctor.js').then((at) => at.doctorCommand),
  },
];
