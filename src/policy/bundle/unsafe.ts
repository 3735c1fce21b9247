import { unsafeBuiltins } from '../wasm/unsafe-builtins.js';
import type { Bundle } from './read.js';
import { BundleRefused } from './refused.js';

/** Returns reasons to refuse a bundle that would load but is unsafe to run; empty when it is safe. */
export async function unsafeProblems({ modules }: Pick<Bundle, 'modules'>): Promise<string[]> {
  const problems = new Set<string>();
  for (const wasm of new Set([...modules.values()].map(({ original }) => original))) {
    const module = await compiled(wasm);
    // Reading refuses a module that does not compile.
    if (module === undefined) continue;
    for (const name of unsafeBuiltins(wasm, module)) problems.add(problemOf(name));
  }
  return [...problems];
}

/** Refuses an unsafe bundle. Throws BundleRefused `unsafe_builtin`. */
export async function requireSafe(bundle: Pick<Bundle, 'modules'>): Promise<void> {
  const problems = await unsafeProblems(bundle);
  if (problems.length > 0) throw new BundleRefused('unsafe_builtin', problems);
}

function problemOf(name: string): string {
  return `it calls ${name}, which corrupts the memory of the instance; write \`_ := json.unmarshal(text)\` instead`;
}

async function compiled(wasm: Uint8Array): Promise<WebAssembly.Module | undefined> {
  try {
    return await WebAssembly.compile(new Uint8Array(wasm));
  } catch {
    return undefined;
  }
}
