import { expect } from 'chai';
import { addFuel } from '../../../../src/policy/wasm/fuel/add-fuel.js';
import { FUEL_EXPORT } from '../../../../src/policy/wasm/fuel/fuel-global.js';
import { NotMetered } from '../../../../src/policy/wasm/fuel/not-metered.js';
import { encodeModule, T, type ModuleSpec } from '../../../support/wasm/encode-module.js';
import { fuelGlobal, Metered, moduleOf } from './metered.js';

const END = 0x0b;
const DROP = 0x1a;
const GLOBAL_GET = 0x23;
const GLOBAL_SET = 0x24;
const I64_CONST = 0x42;
const MUTABLE_I64 = [T.i64, 1];
const IMPORTED_GLOBAL = [3, ...MUTABLE_I64];
const run = (code: readonly number[]): ModuleSpec['functions'] => [
  { name: 'run', code: [...code, END] },
];
const endless = [0x03, T.empty, 0x0c, 0, END];
/** Gives global `index` the value 63 in each turn of an endless loop. */
const refilling = (index: number): number[] => [
  ...[0x03, T.empty, I64_CONST, 63, GLOBAL_SET, index, 0x0c, 0, END],
];
const SEVEN = [...MUTABLE_I64, I64_CONST, 7, END];

describe('the fuel of a module', () => {
  for (const [where, spec] of Object.entries({
    'without globals': { functions: run(refilling(0)) },
    'with a defined one': { functions: run(refilling(1)), globals: [SEVEN] },
    'with an imported one': { functions: run(refilling(1)), imports: [IMPORTED_GLOBAL] },
    'with both': { functions: run(refilling(2)), imports: [IMPORTED_GLOBAL], globals: [SEVEN] },
  } satisfies Record<string, ModuleSpec>)) {
    it(`cannot be refilled by writing one global too many: a module ${where}`, () => {
      const bytes = encodeModule(spec);
      expect(WebAssembly.validate(bytes), 'control').to.equal(false);
      expect(() => addFuel(bytes)).to.throw(NotMetered, 'not a valid module');
    });
  }

  it('is no global of the module: those keep their values and places', () => {
    const imported = new WebAssembly.Global({ value: 'i64', mutable: true }, 5n);
    const copy = [GLOBAL_GET, 0, GLOBAL_SET, 1, ...endless];
    const module = new Metered(
      {
        functions: run(copy),
        imports: [IMPORTED_GLOBAL],
        globals: [SEVEN],
        exports: [['own', 3, 1]],
      },
      { env: { i0: imported } },
    );
    expect(module.call(100)).to.include({ trap: 'unreachable', left: 0n });
    const own = module.instance.exports['own'] as WebAssembly.Global;
    expect([own.value, imported.value]).to.deep.equal([5n, 5n]);
  });

  it('cannot be exported by the module itself', () => {
    const bytes = encodeModule({
      functions: run([]),
      globals: [SEVEN],
      exports: [[FUEL_EXPORT, 3, 0]],
    });
    expect(WebAssembly.validate(bytes), 'control').to.equal(true);
    expect(() => addFuel(bytes)).to.throw(NotMetered, FUEL_EXPORT);
  });

  it('bounds the start function by a separate budget', () => {
    const start = { functions: [{ code: [...endless, END] }], start: 0 };
    const module = moduleOf(encodeModule(start));
    expect(() => new WebAssembly.Instance(module)).to.throw(
      WebAssembly.RuntimeError,
      'unreachable',
    );
    const short = moduleOf(encodeModule({ functions: run([]), start: 0 }));
    expect(fuelGlobal(new WebAssembly.Instance(short)).value).to.equal(4_999_999n);
  });

  it('is exported by its index when functions are imported too', () => {
    const imports = [[0, 0], IMPORTED_GLOBAL, [2, 0, 1]];
    const spec: ModuleSpec = { types: [[[], []]], functions: run([0x10, 0]), imports };
    let calls = 0;
    const module = new Metered(spec, {
      env: {
        i0: () => (calls += 1),
        i1: new WebAssembly.Global({ value: 'i64', mutable: true }, 5n),
        i2: new WebAssembly.Memory({ initial: 1 }),
      },
    });
    expect(module.call(100)).to.include({ used: 1, trap: undefined });
    expect(calls).to.equal(1);
  });

  for (const [what, code] of Object.entries({
    'a vector instruction (0xFD)': [0xfd, 0x0c, ...Array<number>(16).fill(0), DROP],
    'a tail call (0x12)': [0x12, 0],
  })) {
    it(`is refused to a module with ${what}, by its opcode`, () => {
      const bytes = encodeModule({ functions: run(code) });
      // A Node.js without the feature refuses the module before.
      const why: RegExp = WebAssembly.validate(bytes) ? /opcode 0x(fd|12)/ : /not a valid module/;
      expect(() => addFuel(bytes)).to.throw(NotMetered, why);
    });
  }

  // A type of several bytes, read as one, would shift all that follows, and hide a loop from the meter.
  const NULL_FUNCTION = [0x63, 0x70];
  for (const [where, spec] of Object.entries({
    'a local': { functions: [{ locals: [NULL_FUNCTION], name: 'run', code: [END] }] },
    'a parameter': { types: [[[NULL_FUNCTION], []]], functions: run([]) },
    'a result': { types: [[[], [NULL_FUNCTION]]], functions: run([]) },
    'an imported global': { functions: run([]), imports: [[3, ...NULL_FUNCTION, 0]] },
    'an imported table': { functions: run([]), imports: [[1, ...NULL_FUNCTION, 0, 0]] },
    'a block': { functions: run([0x02, ...NULL_FUNCTION, 0xd0, 0x70, END, DROP]) },
    'a null reference': { functions: run([0xd0, 0x6e, DROP]) },
    'a choice': {
      functions: run([0xd0, 0x70, 0xd0, 0x70, 0x41, 0, 0x1c, 1, ...NULL_FUNCTION, DROP]),
    },
  } satisfies Record<string, ModuleSpec>)) {
    it(`is refused to a module with a type of several bytes: ${where}`, () => {
      const bytes = encodeModule(spec);
      const why = WebAssembly.validate(bytes)
        ? /the type 0x\w\w is not known/
        : /not a valid module/;
      if (Number(process.versions.node.split('.')[0]) >= 22) {
        expect(WebAssembly.validate(bytes), 'control').to.equal(true);
      }
      expect(() => addFuel(bytes)).to.throw(NotMetered, why);
    });
  }

  it('is refused to bytes that are no module', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('\0asm no')]) {
      expect(() => addFuel(bytes)).to.throw(NotMetered, 'not a valid module');
    }
  });

  it('leaves the bytes it is given as they were', () => {
    const bytes = encodeModule({ functions: run(endless) });
    const before = Buffer.from(bytes);
    addFuel(bytes);
    expect(before.equals(bytes)).to.equal(true);
  });
});
