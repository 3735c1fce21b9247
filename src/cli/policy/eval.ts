import { resolve } from 'node:path';
import { isTree } from '../../config/tree.js';
import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { readDocumentFile } from '../document-file.js';
import { EXIT } from '../exit-codes.js';
import { CliFailure, usage } from '../failure.js';
import { printFields, printTable, type Column } from '../output.js';
import { rowsOf, textOf } from '../values.js';
import { clampedText } from './explain.js';
import { outcomeText } from './outcome-text.js';

interface EvalOptions extends AdminOptions {
  readonly input: string;
  readonly bundle?: string;
  readonly path?: string;
  readonly entrypoint: string;
}

const REASONS: readonly Column[] = [
  { title: 'RULE', value: (row) => textOf(row, 'rule') },
  { title: 'CODE', value: (row) => textOf(row, 'code') },
  { title: 'MESSAGE', value: (row) => textOf(row, 'message') },
];

/** Runs `countersign policy eval`: evaluates an input with the active, a stored or a local bundle. */
export async function evaluate(cli: Cli, options: EvalOptions): Promise<void> {
  const input = await readDocumentFile(cli.terminal, options.input);
  const body =
    options.path === undefined
      ? await stored(cli, options, input)
      : await local(cli, options.path, options.entrypoint, input);
  show(cli, options, body, (terminal) => {
    printFields(terminal, [
      ['bundle', `${textOf(body, 'bundle', 'revision')} ${textOf(body, 'bundle', 'digest')}`],
      ['input', textOf(body, 'input_digest')],
      ['outcome', isTree(body) ? outcomeText(body, 'outcome') : ''],
      ['fault', textOf(body, 'fault')],
      ['clamped', clampedText({ evaluation: body })],
      ['obligations', textOf(body, 'obligations')],
      ['took', `${textOf(body, 'evaluation_micros')} µs`],
    ]);
    terminal.out('\n');
    printTable(terminal, REASONS, rowsOf(body, 'reasons'));
  });
}

/** Evaluates a local bundle; loads the engine on demand, since no other command needs it. */
async function local(cli: Cli, path: string, entrypoint: string, input: object): Promise<unknown> {
  if (!('request' in input && 'resource' in input)) {
    throw usage('the input has no request or no resource');
  }
  const { evaluateLocally } = await import('./local-bundle.js');
  const report = await evaluateLocally(resolve(cli.terminal.cwd, path), entrypoint, input);
  if (!('problems' in report)) return report;
  throw new CliFailure(EXIT.conflict, `${path}: ${report.problems.join('\n  ')}`);
}

async function stored(cli: Cli, options: EvalOptions, input: object): Promise<unknown> {
  const { bundle } = options;
  const request = { body: { ...(bundle === undefined ? {} : { bundle }), input } };
  return (await (await connect(cli, options)).call('POST', '/policy/eval', request)).body;
}
