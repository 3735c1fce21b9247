import type { Tree } from '../../config/tree.js';
import type { BundleAnswer } from '../../domain/answers.generated.js';
import { segment, type AdminClient } from '../admin-client.js';
import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { EXIT } from '../exit-codes.js';
import { printFields, printTable, type Column } from '../output.js';
import { itemsOf } from '../page.js';
import type { Terminal } from '../terminal.js';
import { READER, type Reader } from '../values.js';
import { whileWaiting } from './progress.js';
import { fuelText, verdictText } from './sample-text.js';

const bundle: Reader<BundleAnswer> = READER;
const step: Reader<NonNullable<BundleAnswer['report']>['steps'][number]> = READER;

const COLUMNS: readonly Column[] = [
  { title: 'REVISION', value: (row) => bundle.text(row, 'revision') },
  { title: 'DIGEST', value: (row) => shortDigest(bundle.text(row, 'digest')) },
  { title: 'SEQ', value: (row) => bundle.text(row, 'sequence') },
  { title: 'PUSHED', value: (row) => bundle.time(row, 'pushed_at_ms') },
  { title: 'BY', value: (row) => bundle.text(row, 'pushed_by', 'id') },
  { title: 'BYTES', value: (row) => bundle.text(row, 'size_bytes') },
  { title: 'ADMITTED', value: (row) => verdictOf(row) },
];

const STEPS: readonly Column[] = [
  { title: 'STEP', value: (row) => step.text(row, 'name') },
  { title: 'OK', value: (row) => (step.text(row, 'ok') === 'true' ? 'ok' : 'FAIL') },
  { title: 'MS', value: (row) => String(Math.round(Number(step.text(row, 'took_ms')))) },
  { title: 'WHAT', value: (row) => step.text(row, 'detail') },
];

/** Runs `countersign policy ls`. */
export async function listBundles(cli: Cli, options: AdminOptions): Promise<void> {
  const { body } = await (await connect(cli, options)).call('GET', '/policy/bundles');
  show(cli, options, body, (terminal) => {
    printTable(terminal, COLUMNS, itemsOf(body));
  });
}

/** Runs `countersign policy show`. */
export async function showBundle(cli: Cli, ref: string, options: AdminOptions): Promise<void> {
  const { body } = await (await connect(cli, options)).call('GET', pathOf(ref));
  show(cli, options, body, (terminal) => {
    printBundle(terminal, body);
  });
}

/** Runs `countersign policy admit`; exit 1 when the bundle is refused. */
export async function admitBundle(
  cli: Cli,
  ref: string,
  options: AdminOptions & { readonly allowUntested?: true },
): Promise<void> {
  const client = await connect(cli, options);
  const query = options.allowUntested === true ? '?allow_untested=true' : '';
  const { body } = await admit(cli, client, ref, query);
  show(cli, options, body, (terminal) => {
    printBundle(terminal, body);
  });
  if (bundle.text(body, 'report', 'ok') !== 'true') cli.exitWith(EXIT.refused);
}

function admit(
  cli: Cli,
  client: AdminClient,
  ref: string,
  query: string,
): ReturnType<AdminClient['call']> {
  const answer = client.call('POST', `${pathOf(ref)}/admit${query}`, { slow: true });
  return whileWaiting(cli.terminal, `admitting ${ref}`, answer);
}

/** Returns the path of a bundle in the admin API. */
export function pathOf(ref: string): string {
  return `/policy/bundles/${segment(ref)}`;
}

/** Prints a stored bundle and the report of its admission. */
export function printBundle(terminal: Terminal, body: unknown): void {
  printFields(terminal, [
    ['revision', bundle.text(body, 'revision')],
    ['digest', bundle.text(body, 'digest')],
    ['sequence', bundle.text(body, 'sequence')],
    ['opa', bundle.text(body, 'opa_version')],
    ['entrypoints', bundle.text(body, 'entrypoints')],
    ['bytes', bundle.text(body, 'size_bytes')],
    ['signed by', bundle.text(body, 'signed_by')],
    ['pushed', bundle.time(body, 'pushed_at_ms')],
    ['pushed by', bundle.text(body, 'pushed_by', 'id')],
    ['source', bundle.text(body, 'source')],
    ['admitted', verdictOf(body)],
    ['replayed', bundle.text(body, 'replay', 'replayed')],
    ['changes', bundle.text(body, 'replay', 'changes')],
    ['replay verdict', verdictText(bundle.object(body, 'replay', 'sample'))],
    ['fuel in replay', fuelText(bundle.object(body, 'replay', 'fuel'))],
  ]);
  const steps = bundle.rows(body, 'report', 'steps');
  if (steps.length > 0) printTable(terminal, STEPS, steps);
  for (const one of steps) printProblems(terminal, one);
}

function printProblems(terminal: Terminal, row: Tree): void {
  for (const kind of ['problems', 'warnings'] as const) {
    const name =
      kind === 'problems' ? step.text(row, 'name') : `${step.text(row, 'name')} (warning)`;
    for (const one of step.list(row, kind)) printFields(terminal, [[name, String(one)]]);
  }
}

function verdictOf(row: unknown): string {
  const ok = bundle.text(row, 'report', 'ok');
  if (ok === '') return 'not tried';
  if (ok !== 'true') return 'REFUSED';
  return bundle.text(row, 'report', 'tested') === 'false' ? 'UNTESTED, accepted' : 'yes';
}

/** Returns the first 12 hex digits of a digest, enough to name it. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}
