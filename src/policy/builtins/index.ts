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
 * Every builtin that the host provides to policies, by Rego name.
 * A bundle is refused when it calls a builtin that neither the host nor the WASM provides. Examples are `http.send`,
 * `opa.runtime`, `rand.intn` and `time.now_ns`.
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
