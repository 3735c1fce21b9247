import type { Config } from '../config/config.js';
import { loadConfig, type Overrides } from '../config/load.js';
import { checkRegistry } from '../registry/check.js';
import type { Terminal } from './terminal.js';

/** Loads the configuration as the service does; throws ConfigInvalid. */
export function readConfig(terminal: Terminal, overrides: Overrides = {}): Config {
  const options = { cwd: terminal.cwd, checkRegistry };
  return loadConfig(terminal.env, terminal.readFile, overrides, options);
}
