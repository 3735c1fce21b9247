import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hostBuiltins } from '../../../src/policy/builtins/index.js';
import { COMPILED_AWAY, NATIVE_BUILTINS } from './native-builtins.js';
import { opa } from './opa.js';

export const CAPABILITIES_FILE = fileURLToPath(
  new URL('../../../rego/capabilities.json', import.meta.url),
);

export interface Capabilities {
  readonly builtins: readonly { readonly name: string; readonly decl: unknown }[];
  readonly wasm_abi_versions: readonly unknown[];
  readonly future_keywords: readonly string[];
  readonly features: readonly string[];
  /** Hosts that schemas are fetched from: none. */
  readonly allow_net: readonly string[];
}

/** What a policy may use: what the WASM has, what the host supplies, and what is compiled away. */
export function makeCapabilities(): Capabilities {
  const all = JSON.parse(opa(['capabilities', '--current'])) as Omit<
    Capabilities,
    'wasm_abi_versions'
  >;
  const allowed = new Set([...NATIVE_BUILTINS, ...hostBuiltins.keys(), ...COMPILED_AWAY]);
  return {
    builtins: all.builtins.filter(({ name }) => allowed.has(name)),
    wasm_abi_versions: [1, 2].map((minor) => ({ version: 1, minor_version: minor })),
    future_keywords: all.future_keywords,
    features: all.features,
    allow_net: [],
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(CAPABILITIES_FILE, `${JSON.stringify(makeCapabilities(), null, 2)}\n`);
}
