import type { Command } from 'commander';
import { startPolicy } from '../../policy/author/starter.js';
import { define, show, type Cli, type CommonOptions } from '../define.js';
import { printFields } from '../output.js';
import { pathFrom, withSources } from './author.js';

/** `countersign policy init`: a new policy folder from an example, with its frame. */
export function initCommand(policy: Command, cli: Cli): void {
  define(policy, 'init <example> <folder>', 'copy an example and its frame into a new folder')
    .addHelpText(
      'after',
      '\nThe folder builds without further options; an unknown example lists all.',
    )
    .action(async (example: string, folder: string, options: CommonOptions) => {
      const files = await withSources(() => startPolicy(example, pathFrom(cli.terminal, folder)));
      show(cli, options, { example, folder, files }, (terminal) => {
        printFields(terminal, [
          ['example', example],
          ['folder', folder],
          ['files', String(files.length)],
          ['next', `countersign policy test ${folder}`],
        ]);
      });
    });
}
