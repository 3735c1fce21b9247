import type { HostBuiltin, HostBuiltins } from './host-builtin.js';

const all: Readonly<Record<string, HostBuiltin>> = {};

/** Every builtin the host gives to policies, by Rego name. */
export const hostBuiltins: HostBuiltins = new Map(Object.entries(all));
