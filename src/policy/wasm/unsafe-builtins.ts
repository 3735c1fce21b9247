import { ModuleReader } from './module-reader.js';

const NAME_SECTION = 'name';
const FUNCTION_NAMES = 1;

interface UnsafeBuiltin {
  /** As Rego calls it. */
  readonly name: string;
  /** The function of OPA's runtime behind it, which OPA leaves out of a module that does not call it. */
  readonly functionName: string;
  /**
   * Its body in OPA 1.20.0 to 1.22.4, for a module whose names were stripped: latin1 text of the code entry, whatever
   * the indexes of the functions it calls (padded to five bytes).
   */
  readonly body: RegExp;
}

const CALL = '\\x10[\\x00-\\xff]{4}\\x00';
const JSON_IS_VALID_BODY =
  `\\x01\\x01\\x7f\\x41\\x00\\x21\\x01\\x02\\x40\\x20\\x00${CALL}\\x41\\x04\\x47\\x0d\\x00` +
  `\\x20\\x00\\x28\\x02\\x08\\x20\\x00\\x28\\x02\\x04${CALL}\\x22\\x00\\x45\\x0d\\x00` +
  `\\x20\\x00${CALL}\\x41\\x01\\x21\\x01\\x0b\\x20\\x01${CALL}\\x0b`;

/**
 * Builtins that OPA compiles into a module, so that no table of imports lists them, and that leave the memory of the
 * instance broken. `json.is_valid("true")` gives the static value `true` back to the allocator.
 */
const UNSAFE: readonly UnsafeBuiltin[] = [
  {
    name: 'json.is_valid',
    functionName: 'opa_json_is_valid',
    body: new RegExp(JSON_IS_VALID_BODY),
  },
];

/**
 * Names the unsafe builtins a compiled module calls: by the names of its functions, which `opa build` keeps for what
 * is called and no more, or by their code. Empty also when neither can tell: another build of a stripped runtime.
 */
export function unsafeBuiltins(wasm: Uint8Array, module: WebAssembly.Module): string[] {
  const names = functionNames(module);
  const code = Buffer.from(wasm.buffer, wasm.byteOffset, wasm.byteLength).toString('latin1');
  return UNSAFE.filter(({ functionName, body }) => names.has(functionName) || body.test(code)).map(
    ({ name }) => name,
  );
}

/** Names in the `name` section (WebAssembly core 1.0, appendix A.3): those that could be read. */
function functionNames(module: WebAssembly.Module): ReadonlySet<string> {
  const names = new Set<string>();
  const [section] = WebAssembly.Module.customSections(module, NAME_SECTION);
  if (section === undefined) return names;
  try {
    readNames(new ModuleReader(new Uint8Array(section), 0), names);
  } catch (error) {
    // A custom section may hold anything: the module is valid without it.
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
