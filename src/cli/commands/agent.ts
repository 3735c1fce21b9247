import { Option, type Command } from 'commander';
import { collect, defineAdmin, lazily, pageOptions, positiveInteger, type Cli } from '../define.js';
import { secretCommands } from './secret.js';

/** `countersign agent …`. */
export function agentCommands(agent: Command, cli: Cli): void {
  pageOptions(defineAdmin(agent, 'list', 'list agents')).action(
    lazily(cli, () => import('../agent.js').then((at) => at.listAgents)),
  );
  defineAdmin(agent, 'show <id>', 'show one agent').action(
    lazily(cli, () => import('../agent.js').then((at) => at.showAgent)),
  );
  specOptions(
    defineAdmin(agent, 'create [id]', 'register an agent; prints its secret once'),
  ).action(lazily(cli, () => import('../agent.js').then((at) => at.createAgent)));
  specOptions(defineAdmin(agent, 'update <id>', 'change an agent; what is not named stays')).action(
    lazily(cli, () => import('../agent.js').then((at) => at.updateAgent)),
  );
  defineAdmin(agent, 'delete <id>', 'delete an agent and revoke its tokens').action(
    lazily(cli, () => import('../agent.js').then((at) => at.deleteAgent)),
  );
  statusCommands(agent, cli);
  releaseCommand(agent, cli);
  secretCommands(agent, cli, '/agents');
}

function specOptions(command: Command): Command {
  return command
    .option('-f, --file <path>', 'YAML or JSON with the agent; - for standard input')
    .option('--description <text>', 'what it is for')
    .option('--owner <text>', 'who answers for it')
    .option('--class <name>', 'the kind of agent it is, for the thresholds of the policy')
    .option('--role <role>', 'a role of the policy; may be given again', collect)
    .option('--grant <resource=scope,scope>', 'what it may ask for; may be given again', collect)
    .option('--max-ttl <seconds>', 'longest lifetime of each --grant', positiveInteger);
}

const STATUSES = [
  ['disable', 'disabled', 'refuse every request of an agent and revoke its tokens'],
  ['enable', 'active', 'let a disabled or quarantined agent ask again'],
  ['quarantine', 'quarantined', 'like disable; for an agent that may have been taken over'],
] as const;

function statusCommands(agent: Command, cli: Cli): void {
  for (const [name, status, description] of STATUSES) {
    defineAdmin(agent, `${name} <id>`, description)
      .requiredOption('--reason <text>', 'why; kept in the record')
      .action(lazily(cli, () => import('../agent.js').then((at) => at.setStatus(status))));
  }
}

/** `countersign agent release`: exit 5 when the agent is not in quarantine. */
function releaseCommand(agent: Command, cli: Cli): void {
  defineAdmin(agent, 'release <id>', 'end a quarantine; tokens that were cut stay dead')
    .requiredOption('--reason <text>', 'why; kept in the record')
    .addOption(
      new Option(
        '--signals <what>',
        'settled: what it did of late counts no more; forgotten: nor does what was learned; kept: all of it does',
      )
        .choices(['settled', 'forgotten', 'kept'])
        .default('settled'),
    )
    .action(lazily(cli, () => import('../agent.js').then((at) => at.releaseAgent)));
}
