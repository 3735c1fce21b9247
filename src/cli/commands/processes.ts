import type { Command } from 'commander';
import { lazily, type Cli } from '../define.js';

/** Defines `countersign start`. */
export function startCommand(start: Command, cli: Cli): void {
  start.action(lazily(cli, () => import('../start.js').then((at) => at.start)));
}

/** Defines `countersign serve`. */
export function serveCommand(serve: Command, cli: Cli): void {
  serve.action(lazily(cli, () => import('../serve.js').then((at) => at.serve)));
}

/** Defines `countersign worker`. */
export function workerCommand(worker: Command, cli: Cli): void {
  worker.action(lazily(cli, () => import('../worker.js').then((at) => at.work)));
}
