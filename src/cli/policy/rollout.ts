import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { usage } from '../failure.js';
import { pathOf } from './bundles.js';
import { whileWaiting } from './progress.js';
import { printStatus } from './status.js';

interface Reasoned extends AdminOptions {
  readonly reason?: string;
}

interface DecidingOptions extends Reasoned {
  readonly allowNewGrants?: number;
  readonly minCoverage?: number;
  readonly allowUntested?: true;
}

/** Runs `countersign policy activate`. */
export async function activate(cli: Cli, ref: string, options: DecidingOptions): Promise<void> {
  const body = tolerated(options);
  await change(cli, options, `activating ${ref}`, 'POST', `${pathOf(ref)}/activate`, body);
}

function tolerated(options: DecidingOptions): object {
  const { reason, allowNewGrants, minCoverage, allowUntested } = options;
  return {
    reason,
    allow_new_grants: allowNewGrants,
    min_coverage_percent: minCoverage,
    allow_untested: allowUntested,
  };
}

interface ShadowOptions extends Reasoned {
  readonly allowUntested?: true;
  readonly end?: true;
}

/** Runs `countersign policy shadow`. */
export async function shadow(
  cli: Cli,
  ref: string | undefined,
  options: ShadowOptions,
): Promise<void> {
  const { reason, allowUntested } = options;
  await trial(cli, options, 'shadow', ref, { reason, allow_untested: allowUntested });
}

interface CanaryOptions extends DecidingOptions {
  readonly percent?: number;
  readonly end?: true;
}

/** Runs `countersign policy canary`. */
export async function canary(
  cli: Cli,
  ref: string | undefined,
  options: CanaryOptions,
): Promise<void> {
  const { percent } = options;
  await trial(cli, options, 'canary', ref, { ...tolerated(options), percent });
}

/** Runs `countersign policy rollback`. */
export async function rollBack(
  cli: Cli,
  options: Reasoned & { readonly to?: string },
): Promise<void> {
  const { to, reason } = options;
  await change(cli, options, 'rolling back', 'POST', '/policy/rollback', { to, reason });
}

async function trial(
  cli: Cli,
  options: AdminOptions & { readonly end?: true },
  role: 'shadow' | 'canary',
  ref: string | undefined,
  body: object,
): Promise<void> {
  if (options.end === true) {
    await change(cli, options, `ending the ${role}`, 'DELETE', `/policy/${role}`);
    return;
  }
  if (ref === undefined) throw usage(`name a bundle, or --end the ${role}`);
  if (role === 'canary' && !('percent' in body && body.percent !== undefined)) {
    throw usage('a canary needs --percent');
  }
  await change(cli, options, `starting the ${role}`, 'POST', `${pathOf(ref)}/${role}`, body);
}

async function change(
  cli: Cli,
  options: AdminOptions,
  what: string,
  method: 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<void> {
  const request = { slow: true, ...(body === undefined ? {} : { body }) };
  const answer = (await connect(cli, options)).call(method, path, request);
  const { body: overview } = await whileWaiting(cli.terminal, what, answer);
  show(cli, options, overview, (terminal) => {
    printStatus(terminal, overview);
  });
}
