import { ModuleReader } from './module-reader.js';

const NAME_SECTION = 'name';
const FUNCTION_NAMES = 1;

interface UnsafeBuiltin {
  /** Name in Rego. */
  readonly name: string;
  /** Function of OPA's runtime that implements it. OPA omits it from a module that does not call it. */
  readonly functionName: string;
  /**
   * Matches its body in OPA 1.20.0 to 1.22.4, for a module with stripped names.
   * The text is the code entry as latin1; indexes of called functions (padded to five bytes) may vary.
   */
  readonly body: RegExp;
}

const CALL = '\\x10[\\x00-\\xff]{4}\\x00';
const JSON_IS_VALID_BODY =
  `\\x01\\x01\\x7f\\x41\\x00\\x21\\x01\\x02\\x40\\x20\\x00${CALL}\\x41\\x04\\x47\\x0d\\x00` +
  `\\x20\\x00\\x28\\x02\\x08\\x20\\x00\\x28\\x02\\x04${CALL}\\x22\\x00\\x45\\x0d\\x00` +
  `\\x20\\x00${CALL}\\x41\\x01\\x21\\x01\\x0b\\x20\\x01${CALL}\\x0b`;

/**
 * Compiled-in builtins, absent from the table of imports, that corrupt the memory of the instance.
 * `json.is_valid("true")` frees the static value `true`.
 */
const UNSAFE: readonly UnsafeBuiltin[] = [
  {
    name: 'json.is_valid',
    functionName: 'opa_json_is_valid',
    body: new RegExp(JSON_IS_VALID_BODY),
  },
];

/**
 * Names the unsafe builtins that a compiled module calls, by function name or by code.
 * `opa build` keeps the names of called functions only. Also empty when neither matches: a stripped runtime of an
 * unknown build.
 */
export function unsafeBuiltins(wasm: Uint8Array, module: WebAssembly.Module): string[] {
  const names = functionNames(module);
  const code = Buffer.from(wasm.buffer, wasm.byteOffset, wasm.byteLength).toString('latin1');
  return UNSAFE.filter(({ functionName, body }) => names.has(functionName) || body.test(code)).map(
    ({ name }) => name,
  );
}

/** Returns the readable function names of the `name` section (WebAssembly core 1.0, appendix A.3). */
function functionNames(module: WebAssembly.Module): ReadonlySet<string> {
  const names = new Set<string>();
  const [section] = WebAssembly.Module.customSections(module, NAME_SECTION);
  if (section === undefined) return names;
  try {
    readNames(new ModuleReader(new Uint8Array(section), 0), names);
  } catch (error) {
    // A custom section may hold anything; the module is valid without it.
    if (!(error instanceof RangeError)) throw error;
  }
  return names;
}

function readNames(reader: ModuleReader, names: Set<string>): void {
  while (!reader.done()) {
    const id = reader.byte();
    const size = reader.leb();
    if (id !== FUNCTION_NAMES) {
      reader.skip(size);
      continue;
    }
    for (let left = reader.leb(); left > 0; left--) {
      reader.leb();
      names.add(reader.text());
    }
  }
}
