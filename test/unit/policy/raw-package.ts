import { createRequire } from 'node:module';
import { fixtureBundle, type BundleSource } from '../../support/bundles/build.js';

/** The package as it comes: what the controls show to fail where the engine does not. */
export interface RawPolicy {
  evaluate(input: unknown, entrypoint?: unknown): unknown;
  setData(data: unknown): void;
}

interface RawPackage {
  loadPolicySync(
    wasm: Uint8Array,
    memory?: { initial?: number; maximum?: number },
    builtins?: Readonly<Record<string, (...operands: unknown[]) => unknown>>,
  ): RawPolicy;
}

const raw = createRequire(import.meta.url)('@open-policy-agent/opa-wasm') as RawPackage;

/** Loads a fixture with the package alone. `initial` is its default of 5 pages unless given. */
export async function rawPolicy(
  source: BundleSource,
  builtins: Parameters<RawPackage['loadPolicySync']>[2] = {},
  memory: { initial?: number; maximum?: number } = { initial: 100 },
): Promise<RawPolicy> {
  const bundle = await fixtureBundle(source);
  const wasm = bundle.modules.get('countersign/decision')?.original ?? new Uint8Array();
  return raw.loadPolicySync(new Uint8Array(wasm), memory, builtins);
}

/** What was thrown; undefined when nothing was. The package throws texts and plain objects as well. */
export function thrownBy(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error ?? 'nothing at all';
  }
}
