import { expect } from 'chai';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { BarePolicy } from '../support/bundles/bare-policy.js';
import { fixtureBundle } from '../support/bundles/build.js';
import { CAPABILITIES_FILE, type Capabilities } from '../support/bundles/capabilities.js';
import { NATIVE_BUILTINS } from '../support/bundles/native-builtins.js';
import {
  CONSTANT_SETS,
  operandOf,
  POOL,
  type Operand,
  type OperandType,
} from './native-operands.js';

const RUNS = 120;
/** What the compiler does itself: no function of the runtime stands behind them. */
const NO_FUNCTION = new Set(['assign', 'eq']);
const TESTED = NATIVE_BUILTINS.filter((name) => !NO_FUNCTION.has(name));
const JSON_IS_VALID = 'json.is_valid';
const WORD = 4;
const PROBE = 'countersign/probe';
const REGEXES = 'countersign/regexes';
const PROBED = '{"a":[{"v":"probe"}]}';

interface Compiled {
  readonly fresh: () => BarePolicy;
  /** Offsets in lasting memory of the words that may change. */
  readonly mask: ReadonlySet<number>;
  readonly probed: string;
}

describe('native builtins: no evaluation changes static memory or loaded data', function () {
  this.timeout(300_000);
  let compiled: Compiled;

  before(async () => {
    compiled = await compile([...TESTED, JSON_IS_VALID]);
  });

  for (const name of TESTED) {
    it(`native builtin ${name}: lasting memory unchanged after any evaluation`, () => {
      const arbitrary = fc
        .tuple(...operandTypes(name).map(operandOf))
        .filter((operands) => ends(name, operands));
      let policy = compiled.fresh();
      let before = lasting(compiled, policy);
      fc.assert(
        fc.property(arbitrary, (operands) => {
          const threw = !evaluates(policy, entrypointOf(name), operands);
          const after = lasting(compiled, policy);
          const same = after.equals(before);
          // A throw leaks the shadow stack: the service replaces the instance, and so does this test.
          const probed = threw || policy.evaluate(PROBE, PROBED) === compiled.probed;
          if (threw || !same || !probed) {
            policy = compiled.fresh();
            before = lasting(compiled, policy);
          }
          return same && probed;
        }),
        { numRuns: RUNS, seed: 7 },
      );
    });
  }

  for (const value of ['true', 'false']) {
    it(`control: json.is_valid on ${value} changes static memory`, () => {
      const policy = compiled.fresh();
      const before = lasting(compiled, policy);
      evaluates(policy, entrypointOf(JSON_IS_VALID), [{ v: value }]);
      expect(lasting(compiled, policy).equals(before)).to.equal(false);
    });
  }

  it('looks at all of static memory but a few words', () => {
    expect(compiled.mask.size).to.be.below(60);
    expect(lasting(compiled, compiled.fresh()).length).to.be.above(50_000);
  });
});

/** One module with an entrypoint for each builtin. As Rego v0, which still has the deprecated ones. */
async function compile(names: readonly string[]): Promise<Compiled> {
  const rules = names.map((name) => {
    const bound = operandTypes(name).map((_, i) => `v${String(i)} := operand(${String(i)})`);
    const call = `${name}(${bound.map((_, i) => `v${String(i)}`).join(', ')})`;
    const result = name === 'walk' ? '[p | walk(v0, p)]' : call;
    return `${ruleOf(name)} := r if { ${bound.join('; ')}; r := ${result} }`;
  });
  const rego = `package countersign
import future.keywords
pool := ${JSON.stringify(POOL)}
sets := [${CONSTANT_SETS.join(', ')}]
operand(i) := input.a[i].v
operand(i) := {e | some e in input.a[i].set} if input.a[i].set
operand(i) := {s | some x in input.a[i].sets; s := {e | some e in x}} if input.a[i].sets
operand(i) := data.pool[input.a[i].data]
operand(i) := pool[input.a[i].constant]
operand(i) := sets[input.a[i].constantSet]
probe := [true, false, null, 1, "text", {"a": [input.a[0].v]}, not_false, pool, data.pool]
not_false := r if { r := false }
regexes := [regex.match("^[a-z]+$", "abc"), glob.match("a*", ["."], "abc")]
${rules.join('\n')}
`;
  const bundle = await fixtureBundle({
    rego: { 'countersign/policy.rego': rego },
    data: { pool: POOL },
    builtins: [{ name: JSON_IS_VALID, arity: 1 }],
    v0: true,
    entrypoints: [PROBE, REGEXES, ...names.map(entrypointOf)],
  });
  const wasm = bundle.modules.get(PROBE)?.original ?? new Uint8Array();
  const module = new WebAssembly.Module(new Uint8Array(wasm));
  const fresh = (): BarePolicy => {
    const policy = new BarePolicy(wasm, module, bundle.data);
    policy.evaluate(PROBE, PROBED);
    return policy;
  };
  return { fresh, mask: maskOf(fresh()), probed: fresh().evaluate(PROBE, PROBED) };
}

/**
 * The words that hold the state of the runtime itself, found by doing what changes it and no builtin that is under
 * test: taking memory and giving it back (lists of free blocks, top of the heap), an evaluation without a call (table
 * of memoised rules), and a first pattern (pointers to the caches of patterns, which a reset of the heap clears).
 */
function maskOf(policy: BarePolicy): ReadonlySet<number> {
  const { exports } = policy;
  const mask = new Set<number>();
  let before = policy.lasting();
  const look = (): void => {
    const after = policy.lasting();
    for (const [i, byte] of after.entries()) if (byte !== before[i]) mask.add(i - (i % WORD));
    before = after;
  };
  for (const size of [4, 8, 16, 64, 200, 5000]) {
    const taken = Array.from({ length: 4 }, () => exports.opa_malloc(size));
    look();
    for (const address of [taken[2], taken[0], taken[3], taken[1]]) {
      exports.opa_free(address ?? 0);
      look();
    }
    exports.opa_malloc(size);
    look();
  }
  // More than the memory has: it grows.
  exports.opa_malloc(policy.memory.buffer.byteLength);
  look();
  // Inputs of several sizes: what an evaluation takes from the heap then lies elsewhere.
  for (const input of [PROBED, '{"a":[{"v":"a longer one"}],"more":[1,2,3]}', '{"a":[{"v":1}]}']) {
    for (const entrypoint of [PROBE, REGEXES]) {
      policy.evaluate(entrypoint, input);
      look();
    }
  }
  return mask;
}

function lasting({ mask }: Compiled, policy: BarePolicy): Buffer {
  const memory = policy.lasting();
  for (const offset of mask) memory.fill(0, offset, offset + WORD);
  return memory;
}

function evaluates(policy: BarePolicy, entrypoint: string, operands: readonly Operand[]): boolean {
  try {
    policy.evaluate(entrypoint, JSON.stringify({ a: operands }));
    return true;
  } catch {
    return false;
  }
}

/** `replace` of an empty text never ends. Fuel ends it in the service; these bare modules have none. */
function ends(name: string, operands: readonly Operand[]): boolean {
  if (name !== 'replace') return true;
  const { v, data, constant } = operands[1] ?? {};
  return v !== '' && POOL[data ?? constant ?? 0] !== '';
}

const { builtins } = JSON.parse(readFileSync(CAPABILITIES_FILE, 'utf8')) as Capabilities;
const declared = new Map(builtins.map(({ name, decl }) => [name, decl as { args: OperandType[] }]));

function operandTypes(name: string): readonly OperandType[] {
  if (name === JSON_IS_VALID) return [{ type: 'string' }];
  return declared.get(name)?.args ?? [];
}

function ruleOf(name: string): string {
  return `call_${name.replaceAll('.', '_')}`;
}

function entrypointOf(name: string): string {
  return `countersign/${ruleOf(name)}`;
}
