import type { Tree } from '../../config/tree.js';
import { printFields, printTable, type Column } from '../output.js';
import type { Terminal } from '../terminal.js';
import { rowsOf, textOf, timeOf } from '../values.js';
import { shortDigest } from './bundles.js';

const HISTORY: readonly Column[] = [
  { title: 'BEFORE', value: (row) => textOf(row, 'revision') },
  { title: 'DIGEST', value: (row) => shortDigest(textOf(row, 'digest')) },
  { title: 'SINCE', value: (row) => timeOf(row, 'since_ms') },
  { title: 'BY', value: (row) => textOf(row, 'by', 'id') },
  { title: 'REASON', value: (row) => textOf(row, 'reason') },
];

const NODES: readonly Column[] = [
  { title: 'NODE', value: (row) => textOf(row, 'node') },
  { title: 'GENERATION', value: (row) => textOf(row, 'generation') },
  { title: 'SEEN', value: (row) => timeOf(row, 'seen_ms') },
  {
    title: 'REFUSED',
    value: (row) => (textOf(row, 'refused') === '{}' ? '' : textOf(row, 'refused')),
  },
];

const TRIALS: readonly Column[] = [
  { title: 'ON TRIAL', value: (row) => textOf(row, 'role') },
  { title: 'DIGEST', value: (row) => shortDigest(textOf(row, 'digest')) },
  { title: 'DECISIONS', value: (row) => textOf(row, 'decisions') },
  { title: 'DENIALS', value: (row) => textOf(row, 'denials') },
  { title: 'OF ACTIVE', value: (row) => textOf(row, 'active_denials') },
  { title: 'ERRORS', value: (row) => textOf(row, 'errors') },
  { title: 'CHANGES', value: (row) => textOf(row, 'changes') },
];

/** Who decides, what is on trial and what it came to, and the nodes. */
export function printStatus(terminal: Terminal, body: unknown): void {
  printFields(terminal, [
    ['revision', textOf(body, 'revision')],
    ['digest', textOf(body, 'digest')],
    ['sequence', textOf(body, 'sequence')],
    ['source', textOf(body, 'source')],
    ['entrypoint', textOf(body, 'entrypoint')],
    ['opa', textOf(body, 'opa_version')],
    ['active since', timeOf(body, 'activated_at_ms')],
    ['activated by', textOf(body, 'activated_by', 'id')],
    ['reason', textOf(body, 'reason')],
    ['shadow', textOf(body, 'shadow', 'revision')],
    ['canary', canaryOf(body)],
    ['being made ready', textOf(body, 'candidate', 'revision')],
    ['last refused', textOf(body, 'last_refusal', 'detail')],
  ]);
  const nodes = rowsOf(body, 'nodes');
  if (nodes.length > 0) printTable(terminal, NODES, nodes);
  const trials = nodes.flatMap((node): readonly Tree[] => rowsOf(node, 'trials'));
  if (trials.length > 0) printTable(terminal, TRIALS, trials);
  const history = rowsOf(body, 'history');
  if (history.length > 0) printTable(terminal, HISTORY, history);
}

function canaryOf(body: unknown): string {
  const revision = textOf(body, 'canary', 'revision');
  return revision === '' ? '' : `${revision}, ${textOf(body, 'canary', 'percent')} % of agents`;
}
