import { Option, type Command } from 'commander';
import { AUDIT_FILTERS } from '../audit-filters.js';
import { definePage, lazily, type Cli } from '../define.js';

/** `countersign audit`: who asked for what, what was decided and by which rule, and what came of it. */
export function auditCommand(program: Command, cli: Cli): void {
  const command = definePage(program, 'audit', 'search the record, newest first');
  for (const [name, description] of AUDIT_FILTERS)
    command.option(`--${name} <value>`, `only ${description}`);
  command
    .option('--since <when>', 'from: 15m, 2h, 3d ago, or a time')
    .option('--until <when>', 'to, likewise')
    .addOption(new Option('--order <order>', 'by time').choices(['asc', 'desc']).default('desc'))
    .action(lazily(cli, () => import('../audit.js').then((at) => at.searchAudit)));
}
