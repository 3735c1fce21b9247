import { resolve } from 'node:path';
import type { EvaluationAnswer } from '../../domain/answers.generated.js';
import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { readDocumentFile } from '../document-file.js';
import { EXIT } from '../exit-codes.js';
import { CliFailure, usage } from '../failure.js';
import { printFields, printTable, type Column } from '../output.js';
import { READER, type Reader } from '../values.js';
import { clampedText, outcomeText } from './outcome-text.js';

interface EvalOptions extends AdminOptions {
  readonly input: string;
  readonly bundle?: string;
  readonly path?: string;
  readonly entrypoint: string;
}

const evaluation: Reader<EvaluationAnswer> = READER;
const reason: Reader<EvaluationAnswer['reasons'][number]> = READER;

const REASONS: readonly Column[] = [
  { title: 'RULE', value: (row) => reason.text(row, 'rule') },
  { title: 'CODE', value: (row) => reason.text(row, 'code') },
  { title: 'MESSAGE', value: (row) => reason.text(row, 'message') },
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
      [
        'bundle',
        `${evaluation.text(body, 'bundle', 'revision')} ${evaluation.text(body, 'bundle', 'digest')}`,
      ],
      ['input', evaluation.text(body, 'input_digest')],
      ['outcome', outcomeText(evaluation.value(body, 'outcome'))],
      ['fault', evaluation.text(body, 'fault')],
      ['clamped', clampedText(body)],
      ['obligations', evaluation.text(body, 'obligations')],
      ['took', `${evaluation.text(body, 'evaluation_micros')} µs`],
    ]);
    terminal.out('\n');
    printTable(terminal, REASONS, evaluation.rows(body, 'reasons'));
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
