// The example policies and the frame they share. Node's own modules only.
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

const EXAMPLES = join(root, 'rego', 'examples');

/** The folder of modules that every example is built with: `policy build --with`. */
export const FRAME = join(root, 'rego', 'frame');

/** The folders of `rego/` that are no part of the default policy, as `opa --ignore` takes them. */
export const NOT_DEFAULT = ['examples', 'frame'];

/** The names of the examples, sorted. */
export const EXAMPLE_NAMES = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

/** The folder of an example, without the frame. */
export function exampleFolder(name) {
  return join(EXAMPLES, name);
}

/** Copies an example and the frame to a folder that `opa` can load as it is; returns the folder. */
export function assembleExample(name, target) {
  cpSync(join(FRAME, 'countersign'), join(target, 'countersign'), { recursive: true });
  cpSync(exampleFolder(name), target, { recursive: true });
  return target;
}
