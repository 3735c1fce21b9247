import { Option, type Command } from 'commander';
import { collect, defineAdmin, lazily, pageOptions, positiveInteger, type Cli } from '../define.js';
import { createOptions, keepTokensOption, secretCommands, secretTtlOption } from './secret.js';

/** Defines `countersign agent …`. */
export function agentCommands(agent: Command, cli: Cli): void {
  pageOptions(defineAdmin(agent, 'list', 'list agents')).action(
    lazily(cli, () => import('../agent.js').then((at) => at.listAgents)),
  );
  defineAdmin(agent, 'show <id>', 'show one agent').action(
    lazily(cli, () => import('../agent.js').then((at) => at.showAgent)),
  );
  createOptions(
    specOptions(defineAdmin(agent, 'create [id]', 'register an agent; prints its secret once')),
  ).action(lazily(cli, () => import('../agent.js').then((at) => at.createAgent)));
  const update = specOptions(defineAdmin(agent, 'update <id>', 'change named members of an agent'));
  keepTokensOption(update, 'the last grant goes').action(
    lazily(cli, () => import('../agent.js').then((at) => at.updateAgent)),
  );
  defineAdmin(agent, 'delete <id>', 'delete an agent and revoke its tokens').action(
    lazily(cli, () => import('../agent.js').then((at) => at.deleteAgent)),
  );
  secretTtlOption(
    defineAdmin(agent, 'restore <id>', 'restore a deleted agent; prints its new secret once'),
  )
    .requiredOption('--reason <text>', 'reason, kept in the record')
    .action(lazily(cli, () => import('../agent.js').then((at) => at.restoreAgent)));
  statusCommands(agent, cli);
  releaseCommand(agent, cli);
  secretCommands(agent, cli, '/agents');
}

function specOptions(command: Command): Command {
  return command
    .option('-f, --file <path>', 'YAML or JSON with the agent; - for standard input')
    .option('--description <text>', 'purpose of the agent')
    .option('--owner <text>', 'responsible person or team')
    .option('--class <name>', 'class of the agent, for the thresholds of the policy')
    .option('--role <role>', 'role of the policy; repeatable', collect)
    .option(
      '--grant <resource=scope,scope>',
      'resource and scopes that it may request; repeatable',
      collect,
    )
    .option('--max-ttl <seconds>', 'maximum lifetime of each --grant in seconds', positiveInteger);
}

const STATUSES = [
  ['disable', 'disabled', 'refuse every request of an agent and revoke its tokens'],
  ['enable', 'active', 'accept requests of a disabled or quarantined agent again'],
  ['quarantine', 'quarantined', 'disable an agent that may be compromised'],
] as const;

function statusCommands(agent: Command, cli: Cli): void {
  for (const [name, status, description] of STATUSES) {
    defineAdmin(agent, `${name} <id>`, description)
      .requiredOption('--reason <text>', 'reason, kept in the record')
      .action(lazily(cli, () => import('../agent.js').then((at) => at.setStatus(status))));
  }
}

/** Defines `countersign agent release`; exit 5 when the agent is not in quarantine. */
function releaseCommand(agent: Command, cli: Cli): void {
  defineAdmin(agent, 'release <id>', 'end a quarantine; revoked tokens stay revoked')
    .requiredOption('--reason <text>', 'reason, kept in the record')
    .addOption(
      new Option(
        '--signals <what>',
        'settled: drop recent activity; forgotten: also drop the learned state; kept: drop nothing',
      )
        .choices(['settled', 'forgotten', 'kept'])
        .default('settled'),
    )
    .action(lazily(cli, () => import('../agent.js').then((at) => at.releaseAgent)));
}
