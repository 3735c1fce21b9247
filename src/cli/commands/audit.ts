import { Option, type Command } from 'commander';
import { AUDIT_FILTERS } from '../audit-filters.js';
import { adminOption, lazily, pageOptions, type Cli } from '../define.js';

/** Defines `countersign audit`: search of the audit record. */
export function auditCommand(audit: Command, cli: Cli): void {
  pageOptions(adminOption(audit));
  for (const [name, description] of AUDIT_FILTERS)
    audit.option(`--${name} <value>`, `only ${description}`);
  audit
    .option('--since <when>', 'start: 15m, 2h, 3d ago, or a time')
    .option('--until <when>', 'end, in the form of --since')
    .addOption(new Option('--order <order>', 'by time').choices(['asc', 'desc']).default('desc'))
    .action(lazily(cli, () => import('../audit.js').then((at) => at.searchAudit)));
}
