import fc from 'fast-check';

/** A type of OPA's capabilities, as far as operands need it. */
export interface OperandType {
  readonly type: string;
  readonly of?: OperandType | readonly OperandType[];
  readonly dynamic?: OperandType | { readonly key: OperandType; readonly value: OperandType };
  readonly static?: readonly OperandType[];
}

/** Where an operand comes from: text of the input, a set made of it, loaded data, or a constant of the policy. */
export type Operand = Readonly<
  Partial<
    Record<'v' | 'set' | 'sets', unknown> & Record<'data' | 'constant' | 'constantSet', number>
  >
>;

/** Values that exist twice: as loaded data, and as constants that OPA compiles into static memory. */
export const POOL: readonly unknown[] = [
  ...[true, false, null, 0, 1, -1, 1.5, 10, 1e21],
  ...['', 'true', 'false', 'null', 'abc', ' a ', '1', 'a.b/c', '10.0.0.0/8', '[a-z]+', 'a*', '{}'],
  ...[[], [1, 'a'], ['a', 'b'], [1, 2], [['a'], ['b']], [true, false, null]],
  ...[{}, { a: 1, b: { c: [true] } }, { a: 'b' }, { a: ['b'], b: [] }],
];
/** Constants of the policy, in Rego. */
export const CONSTANT_SETS = ['set()', '{true, false}', '{"a", "b"}', '{1, 2}', '{{"a"}, {1}}'];

const TEXTS = [
  ...[
    'true',
    'false',
    'null',
    '',
    '""',
    '"x"',
    '0',
    '-1',
    '1e999',
    '[]',
    '{}',
    '[true,false,null]',
  ],
  ...[
    '{"a":true}',
    '{"a":',
    '[1,',
    'tru',
    ' true ',
    'a',
    'ab',
    'abab',
    'a.b.c',
    'a/b',
    '/a/0',
    '*',
    '{a,b}',
  ],
  ...[
    '^a+$',
    '(a)(b)?',
    '[',
    '\\p{L}',
    '10.0.0.0/8',
    '10.1.2.3',
    '::1/128',
    '%',
    'dHJ1ZQ==',
    'dHJ1ZQ',
  ],
  ...['a\u0000b', 'é😀ß', ' \t x \n', 'İ', 'x'.repeat(300), '0x1F', '12345678901234567890'],
];
const text = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.json({ maxDepth: 4 }),
);
// Small: numbers.range makes a list of what is between two of them, substring and format_int count by them.
const number = fc.oneof(
  fc.constantFrom(0, 1, 2, 8, 10, 16, -1, 1.5, -0.5, 63),
  fc.integer({ min: -64, max: 64 }),
);
const leaf = fc.oneof(text, number, fc.boolean(), fc.constant(null));
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', '0', '', 'true'), tie('value'), { maxKeys: 4 }),
  ),
})).value;

/** JSON of a type; a set inside of something is given as an array. */
function valueOf({ type, of, dynamic, static: fixed }: OperandType): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return text;
    case 'number':
      return number;
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      if (fixed !== undefined) return fc.tuple(...fixed.map(valueOf));
      return fc.array(valueOf(dynamic as OperandType), { maxLength: 5 });
    case 'set':
      return fc.array(valueOf(of as OperandType), { maxLength: 5 });
    case 'object': {
      const { value } = (dynamic ?? { value: { type: 'any' } }) as { value: OperandType };
      const key = fc.oneof(fc.constantFrom('a', 'b', 'ab', '0', 'true'), text);
      return fc.dictionary(key, valueOf(value), { maxKeys: 5 });
    }
    default:
      return of === undefined ? anything : fc.oneof(...(of as OperandType[]).map(valueOf));
  }
}

/** Mostly an operand of the declared type, now and then any other: what WASM then makes undefined must not harm either. */
export function operandOf(declared: OperandType): fc.Arbitrary<Operand> {
  return fc.oneof(
    { weight: 6, arbitrary: typed(declared) },
    { weight: 1, arbitrary: anything.map((v) => ({ v })) },
    { weight: 1, arbitrary: pooled(() => true) },
    {
      weight: 1,
      arbitrary: fc.nat(CONSTANT_SETS.length - 1).map((constantSet) => ({ constantSet })),
    },
  );
}

function typed(declared: OperandType): fc.Arbitrary<Operand> {
  if (declared.type === 'any' && Array.isArray(declared.of)) {
    return fc.oneof(...(declared.of as OperandType[]).map(typed));
  }
  if (declared.type === 'set') {
    const inner = declared.of as OperandType;
    return valueOf(declared).map((items) =>
      inner.type === 'set' ? { sets: items } : { set: items },
    );
  }
  return fc.oneof(
    { weight: 3, arbitrary: valueOf(declared).map((v) => ({ v })) },
    { weight: 1, arbitrary: pooled((value) => isA(value, declared.type)) },
  );
}

function pooled(fits: (value: unknown) => boolean): fc.Arbitrary<Operand> {
  const fitting = POOL.flatMap((value, i) => (fits(value) ? [i] : []));
  const index = fc.constantFrom(...fitting);
  return fc.oneof(
    index.map((data) => ({ data })),
    index.map((constant) => ({ constant })),
  );
}

function isA(value: unknown, type: string): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'null') return value === null;
  if (type === 'object')
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  return type === 'any' || typeof value === type;
}
