import { startPolicy } from '../../policy/author/starter.js';
import { show } from '../answer.js';
import type { Cli, CommonOptions } from '../define.js';
import { printFields } from '../output.js';
import { pathFrom, withSources } from './author.js';

/** Runs `countersign policy init`: creates a policy folder from an example. */
export async function init(
  cli: Cli,
  example: string,
  folder: string,
  options: CommonOptions,
): Promise<void> {
  const files = await withSources(() => startPolicy(example, pathFrom(cli.terminal, folder)));
  show(cli, options, { example, folder, files }, (terminal) => {
    printFields(terminal, [
      ['example', example],
      ['folder', folder],
      ['files', String(files.length)],
      ['next', `countersign policy test ${folder}`],
    ]);
  });
}
