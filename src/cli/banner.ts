import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../config/config.js';
import type { Secrets } from '../config/secrets.js';
import type { RunningService } from '../process/runner.js';

export interface Started {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly running: RunningService;
  readonly demoFile: string | undefined;
}

/** Returns the start-up banner: listeners, place of the admin token, and a first request to paste. */
export function welcome({ config, secrets, running, demoFile }: Started): string {
  const { publicUrl, adminUrl, sidecarUrl, probesUrl } = running;
  const { agentId } = config.listeners.sidecar;
  const lines = [
    '',
    'Countersign is ready.',
    '',
    `  agents, target APIs  ${publicUrl}`,
    `  operators            ${adminUrl}`,
  ];
  if (sidecarUrl !== undefined) lines.push(`  sidecar              ${sidecarUrl}  (${agentId})`);
  if (probesUrl !== undefined) lines.push(`  probes               ${probesUrl}`);
  const file = secrets.adminTokenFile;
  lines.push('', `The admin token is in ${file ?? 'COUNTERSIGN_ADMIN_TOKEN'}.`);
  if (demoFile !== undefined) {
    const here = `node ${scriptPath()}`;
    lines.push(
      `The demo's addresses and secrets are in ${demoFile}.`,
      '',
      'Paste this for a token:',
      '',
    );
    lines.push(`  ${firstRequest(here, agentId, sidecarUrl)}`, '', 'Then see the record:', '');
    lines.push(`  ${here} audit`);
  }
  return `${lines.join('\n')}\n\n`;
}

function firstRequest(here: string, agentId: string, sidecarUrl: string | undefined): string {
  if (sidecarUrl === undefined)
    return `${here} token issue --resource stripe --scope read_invoices`;
  const body = JSON.stringify({
    agent_id: agentId,
    resource: 'stripe',
    scope: 'read_invoices',
    ttl: 300,
  });
  const socket = /^unix:(?:\/\/)?(\/.*)$/.exec(sidecarUrl)?.[1];
  const target =
    socket === undefined ? `${sidecarUrl}/token` : `--unix-socket ${socket} http://localhost/token`;
  return `curl -s ${target} -H 'content-type: application/json' -d '${body}'`;
}

/** Returns the path of the CLI script, whichever script started this process. */
function scriptPath(): string {
  const main = fileURLToPath(new URL('../main.js', import.meta.url));
  return relative(process.cwd(), main) || main;
}
