import { encodingBuiltins } from './encoding.js';
import type { HostBuiltins } from './host-builtin.js';
import { netBuiltins } from './net.js';
import { objectBuiltins } from './objects.js';
import { semverBuiltins } from './semver.js';
import { sprintfBuiltins } from './sprintf/sprintf.js';
import { stringBuiltins } from './strings.js';
import { timeBuiltins } from './time/builtins.js';
import { unitBuiltins } from './units.js';
import { uuidBuiltins } from './uuid.js';

/**
 * Every builtin the host gives to policies, by Rego name. What is not here and not in the WASM itself, such as
 * `http.send`, `opa.runtime`, `rand.intn` or `time.now_ns`, makes a bundle that calls it refused.
 */
export const hostBuiltins: HostBuiltins = new Map(
  Object.entries({
    ...encodingBuiltins,
    ...netBuiltins,
    ...objectBuiltins,
    ...semverBuiltins,
    ...sprintfBuiltins,
    ...stringBuiltins,
    ...timeBuiltins,
    ...unitBuiltins,
    ...uuidBuiltins,
  }),
);
