import type { Tree } from '../../config/tree.js';
import type { PolicyAnswer } from '../../domain/answers.generated.js';
import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { printFields, printTable, type Column } from '../output.js';
import type { Terminal } from '../terminal.js';
import { READER, type Reader } from '../values.js';
import { shortDigest } from './bundles.js';
import { whileWaiting } from './progress.js';
import { verdictText } from './sample-text.js';
import { BUNDLES, bundleLines } from './status-bundles.js';

type NodeAnswer = PolicyAnswer['nodes'][number];

const policy: Reader<PolicyAnswer> = READER;
const before: Reader<PolicyAnswer['history'][number]> = READER;
const node: Reader<NodeAnswer> = READER;
const trial: Reader<NodeAnswer['trials'][number]> = READER;

const HISTORY: readonly Column[] = [
  { title: 'BEFORE', value: (row) => before.text(row, 'revision') },
  { title: 'DIGEST', value: (row) => shortDigest(before.text(row, 'digest')) },
  { title: 'SINCE', value: (row) => before.time(row, 'since_ms') },
  { title: 'BY', value: (row) => before.text(row, 'by', 'id') },
  { title: 'REASON', value: (row) => before.text(row, 'reason') },
];

const NODES: readonly Column[] = [
  { title: 'NODE', value: (row) => node.text(row, 'node') },
  { title: 'GENERATION', value: (row) => node.text(row, 'generation') },
  { title: 'SEEN', value: (row) => node.time(row, 'seen_ms') },
  {
    title: 'REFUSED',
    value: (row) => (node.text(row, 'refused') === '{}' ? '' : node.text(row, 'refused')),
  },
];

const TRIALS: readonly Column[] = [
  { title: 'ON TRIAL', value: (row) => trial.text(row, 'role') },
  { title: 'DIGEST', value: (row) => shortDigest(trial.text(row, 'digest')) },
  { title: 'DECISIONS', value: (row) => trial.text(row, 'decisions') },
  { title: 'DENIALS', value: (row) => trial.text(row, 'denials') },
  { title: 'OF ACTIVE', value: (row) => trial.text(row, 'active_denials') },
  { title: 'ERRORS', value: (row) => trial.text(row, 'errors') },
  { title: 'CHANGES', value: (row) => trial.text(row, 'changes') },
];

/** Runs `countersign policy status`. */
export async function showStatus(cli: Cli, options: AdminOptions): Promise<void> {
  const { body } = await (await connect(cli, options)).call('GET', '/policy');
  show(cli, options, body, (terminal) => {
    printStatus(terminal, body);
  });
}

/** Runs `countersign policy reload`. */
export async function reloadPolicy(cli: Cli, options: AdminOptions): Promise<void> {
  const answer = (await connect(cli, options)).call('POST', '/policy/reload', { slow: true });
  const { body } = await whileWaiting(cli.terminal, 'reloading the bundle from its source', answer);
  show(cli, options, body, (terminal) => {
    printStatus(terminal, body);
  });
}

/** Prints the deciding bundles, the trials with their results, and the nodes. */
export function printStatus(terminal: Terminal, body: unknown): void {
  printFields(terminal, [
    ['revision', policy.text(body, 'revision')],
    ['digest', policy.text(body, 'digest')],
    ['sequence', policy.text(body, 'sequence')],
    ['source', policy.text(body, 'source')],
    ['entrypoint', policy.text(body, 'entrypoint')],
    ['opa', policy.text(body, 'opa_version')],
    ['active since', policy.time(body, 'activated_at_ms')],
    ['activated by', policy.text(body, 'activated_by', 'id')],
    ['reason', policy.text(body, 'reason')],
    ['tested', policy.text(body, 'tested') === 'false' ? 'NO: accepted untested' : ''],
    ['replay', verdictText(policy.object(body, 'replay'))],
    ['last refused', policy.text(body, 'last_refusal', 'detail')],
  ]);
  printTable(terminal, BUNDLES, bundleLines(body));
  const nodes = policy.rows(body, 'nodes');
  if (nodes.length > 0) printTable(terminal, NODES, nodes);
  const trials = nodes.flatMap((one): readonly Tree[] => node.rows(one, 'trials'));
  if (trials.length > 0) printTable(terminal, TRIALS, trials);
  const history = policy.rows(body, 'history');
  if (history.length > 0) printTable(terminal, HISTORY, history);
}
