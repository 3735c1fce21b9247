import type { Command } from 'commander';
import { collect, defineAdmin, lazily, pageOptions, type Cli } from '../define.js';
import { createOptions, secretCommands } from './secret.js';

/** Defines `countersign resource …`: the tool catalogue. */
export function resourceCommands(resource: Command, cli: Cli): void {
  pageOptions(defineAdmin(resource, 'list', 'list resources')).action(
    lazily(cli, () => import('../resource.js').then((at) => at.listResources)),
  );
  showCommand(resource, cli, '/resources', 'show one resource');
  defineAdmin(resource, 'put', 'create or replace a resource')
    .requiredOption('-f, --file <path>', 'YAML or JSON with the resource; - for standard input')
    .action(lazily(cli, () => import('../resource.js').then((at) => at.putResource)));
  deleteCommand(resource, cli, '/resources', 'delete a resource from the catalogue');
}

const SERVERS = '/resource-servers';

/** Defines `countersign resource-server …`: target APIs that introspect. */
export function resourceServerCommands(server: Command, cli: Cli): void {
  pageOptions(defineAdmin(server, 'list', 'list resource servers')).action(
    lazily(cli, () => import('../resource-server.js').then((at) => at.listServers)),
  );
  showCommand(server, cli, SERVERS, 'show one resource server');
  createOptions(
    serverOptions(
      defineAdmin(server, 'create [id]', 'register a resource server; prints its secret once'),
    ),
  ).action(lazily(cli, () => import('../resource-server.js').then((at) => at.createServer)));
  serverOptions(
    defineAdmin(server, 'update <id>', 'change named members of a resource server'),
  ).action(lazily(cli, () => import('../resource-server.js').then((at) => at.updateServer)));
  deleteCommand(server, cli, SERVERS, 'delete a resource server');
  secretCommands(server, cli, SERVERS);
}

function serverOptions(command: Command): Command {
  return command
    .option('-f, --file <path>', 'YAML or JSON with the resource server; - for standard input')
    .option('--description <text>', 'purpose of the resource server')
    .option('--resource <id>', 'resource that it introspects for; repeatable', collect);
}

function showCommand(parent: Command, cli: Cli, path: string, description: string): void {
  defineAdmin(parent, 'show <id>', description).action(
    lazily(cli, () => import('../item.js').then((at) => at.showItem(path))),
  );
}

function deleteCommand(parent: Command, cli: Cli, path: string, description: string): void {
  defineAdmin(parent, 'delete <id>', description).action(
    lazily(cli, () => import('../item.js').then((at) => at.deleteItem(path))),
  );
}
