/** The functions of a compiled policy that the engine calls (OPA's WASM ABI, versions 1.0 to 1.3). */
export interface PolicyExports {
  readonly builtins: () => number;
  readonly entrypoints: () => number;
  readonly opa_malloc: (size: number) => number;
  readonly opa_free: (address: number) => void;
  readonly opa_json_parse: (address: number, size: number) => number;
  readonly opa_json_dump: (value: number) => number;
  readonly opa_value_dump: (value: number) => number;
  readonly opa_heap_ptr_get: () => number;
  readonly opa_heap_ptr_set: (address: number) => void;
  readonly opa_eval_ctx_new: () => number;
  readonly opa_eval_ctx_set_input: (context: number, value: number) => void;
  readonly opa_eval_ctx_set_data: (context: number, value: number) => void;
  readonly opa_eval_ctx_set_entrypoint: (context: number, entrypoint: number) => void;
  readonly opa_eval_ctx_get_result: (context: number) => number;
  readonly eval: (context: number) => number;
}

const FUNCTIONS: readonly (keyof PolicyExports)[] = [
  'builtins',
  'entrypoints',
  'opa_malloc',
  'opa_free',
  'opa_json_parse',
  'opa_json_dump',
  'opa_value_dump',
  'opa_heap_ptr_get',
  'opa_heap_ptr_set',
  'opa_eval_ctx_new',
  'opa_eval_ctx_set_input',
  'opa_eval_ctx_set_data',
  'opa_eval_ctx_set_entrypoint',
  'opa_eval_ctx_get_result',
  'eval',
];
const GLOBALS = ['opa_wasm_abi_version', 'opa_wasm_abi_minor_version'];

const IMPORTS: ReadonlyMap<string, string> = new Map([
  ['memory', 'memory'],
  ['opa_abort', 'function'],
  ['opa_println', 'function'],
  ['opa_builtin0', 'function'],
  ['opa_builtin1', 'function'],
  ['opa_builtin2', 'function'],
  ['opa_builtin3', 'function'],
  ['opa_builtin4', 'function'],
]);

/** Returns why a module is not an OPA policy of ABI 1; empty when it is one. */
export function moduleProblems(module: WebAssembly.Module): string[] {
  const problems: string[] = [];
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (from !== 'env' || IMPORTS.get(name) !== kind) {
      problems.push(`imports ${from}.${name}, which is not part of the ABI`);
    }
  }
  const exported = new Map(WebAssembly.Module.exports(module).map((e) => [e.name, e.kind]));
  for (const name of FUNCTIONS) {
    if (exported.get(name) !== 'function') problems.push(`does not export the function ${name}`);
  }
  for (const name of GLOBALS) {
    if (exported.get(name) !== 'global') problems.push(`does not export the global ${name}`);
  }
  return problems;
}

/** Returns the ABI version of an instance. */
export function abiVersion(instance: WebAssembly.Instance): { major: number; minor: number } {
  const [major, minor] = GLOBALS.map((name) => {
    const global = instance.exports[name];
    return global instanceof WebAssembly.Global ? Number(global.value) : Number.NaN;
  });
  return { major: major ?? Number.NaN, minor: minor ?? Number.NaN };
}
