import { nameBytes, unsignedLeb } from '../../../src/policy/wasm/fuel/encode.js';

/** Value types and the empty block type (WebAssembly core 2.0, section 5.3). */
export const T = { i32: 0x7f, i64: 0x7e, funcref: 0x70, empty: 0x40 } as const;

/** A value type; types of several bytes are lists. */
export type TypeSpec = number | readonly number[];

export interface FunctionSpec {
  readonly parameters?: readonly TypeSpec[];
  readonly results?: readonly TypeSpec[];
  /** Types of the locals. */
  readonly locals?: readonly TypeSpec[];
  /** Instructions, the last `end` included. */
  readonly code: readonly number[];
  /** Name of its export. */
  readonly name?: string;
}

export interface ModuleSpec {
  readonly functions: readonly FunctionSpec[];
  /** Types of block types by index, before those of the functions: parameters, results. */
  readonly types?: readonly (readonly [
    parameters: readonly TypeSpec[],
    results: readonly TypeSpec[],
  ])[];
  /** Entries of the import section after its names `env` and `i0`, `i1`, …: kind and description. */
  readonly imports?: readonly (readonly number[])[];
  /** Entries of the global section: type, mutability, initial value. */
  readonly globals?: readonly (readonly number[])[];
  /** Exports that are no functions: name, kind, index. */
  readonly exports?: readonly (readonly [name: string, kind: number, index: number])[];
  readonly memoryPages?: number;
  /** Entries of a table of functions, by index. */
  readonly table?: readonly number[];
  /** Index of the start function. */
  readonly start?: number;
  /** A passive data segment. */
  readonly data?: readonly number[];
}

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const FUNCTION_TYPE = 0x60;
const PASSIVE = 1;

/** Encodes a small module; it need not be valid. */
export function encodeModule(spec: ModuleSpec): Uint8Array<ArrayBuffer> {
  const { functions, types = [], imports = [], globals = [], exports = [] } = spec;
  const all = [...types, ...functions.map((f) => [f.parameters ?? [], f.results ?? []] as const)];
  const importedFunctions = imports.filter(([kind]) => kind === 0).length;
  const exported = functions.flatMap(({ name }, i) =>
    name === undefined ? [] : [[name, 0, importedFunctions + i] as const],
  );
  const sections: readonly (readonly [id: number, content: readonly number[] | undefined])[] = [
    [1, list(all.map(([from, to]) => [FUNCTION_TYPE, ...typeList(from), ...typeList(to)]))],
    [
      2,
      optional(imports.map((entry, i) => [...nameBytes('env'), ...nameBytes(`i${i}`), ...entry])),
    ],
    [3, list(functions.map((_, i) => unsignedLeb(types.length + i)))],
    [4, spec.table && list([[T.funcref, 0, ...unsignedLeb(spec.table.length)]])],
    [5, spec.memoryPages === undefined ? undefined : list([[0, spec.memoryPages]])],
    [6, optional(globals)],
    [
      7,
      optional([...exported, ...exports].map(([name, ...rest]) => [...nameBytes(name), ...rest])),
    ],
    [8, spec.start === undefined ? undefined : unsignedLeb(spec.start)],
    [9, spec.table && list([[0, 0x41, 0, 0x0b, ...list(spec.table.map(unsignedLeb))]])],
    [12, spec.data && [1]],
    [10, list(functions.map(body))],
    [11, spec.data && list([[PASSIVE, ...bytes(spec.data)]])],
  ];
  return Uint8Array.from([
    ...PREAMBLE,
    ...sections.flatMap(([id, content]) => (content ? [id, ...bytes(content)] : [])),
  ]);
}

function body({ locals = [], code }: FunctionSpec): number[] {
  return bytes([...list(locals.map((type) => [1, ...[type].flat()])), ...code]);
}

function typeList(types: readonly TypeSpec[]): number[] {
  return list(types.map((type) => [type].flat()));
}

function list(entries: readonly (readonly number[])[]): number[] {
  return [...unsignedLeb(entries.length), ...entries.flat()];
}

function optional(entries: readonly (readonly number[])[]): number[] | undefined {
  return entries.length === 0 ? undefined : list(entries);
}

function bytes(content: readonly number[]): number[] {
  return [...unsignedLeb(content.length), ...content];
}
