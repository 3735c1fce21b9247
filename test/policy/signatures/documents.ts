import fc from 'fast-check';
import { changedAfter, members, type Case } from './corpus.js';

/** A JSON value that remembers how its numbers and texts are written. */
type Doc =
  | { readonly text: string }
  | readonly Doc[]
  | { readonly members: readonly (readonly [string, Doc])[] };

const NUMBERS = [
  '0',
  '-0',
  '1',
  '1.0',
  '1e2',
  '1E2',
  '1e+2',
  '10.50',
  '-1.5e-3',
  '12345678901234567890',
  '0.1',
];
const TEXTS = [
  '"a"',
  '"\\u0041"',
  '"<&>"',
  '"\u2028"',
  '"\\u2029"',
  '"ü\u{1f600}"',
  '"\\b\\f\\n\\t\\u0001"',
  '"\\/"',
  '"\u007f"',
];
const KEYS_USED = [
  'a',
  'b',
  'B',
  'ab',
  '',
  'ü',
  '\uffee',
  '\u{10000}',
  '<',
  '\u2028',
  '__proto__',
  '1',
  '10',
  '2',
];

const leaf = fc
  .constantFrom(...NUMBERS, ...TEXTS, 'true', 'false', 'null')
  .map((text): Doc => ({ text }));
const { doc } = fc.letrec<{ doc: Doc }>((tie) => ({
  doc: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('doc'), { maxLength: 4 }),
    fc
      .uniqueArray(fc.tuple(fc.constantFrom(...KEYS_USED), tie('doc')), {
        maxLength: 5,
        selector: ([key]) => key,
      })
      .map((list): Doc => ({ members: list })),
  ),
}));

/** Sorted or reversed, narrow or wide: one document. */
function write(value: Doc, wide: boolean): string {
  const space = wide ? ' \n\t' : '';
  if ('text' in value) return value.text;
  if ('members' in value) {
    const list = wide ? [...value.members].reverse() : value.members;
    const parts = list.map(
      ([key, one]) => `${space}${JSON.stringify(key)}${space}:${write(one, wide)}`,
    );
    return `{${parts.join(',')}${space}}`;
  }
  return `[${value.map((one) => `${space}${write(one, wide)}`).join(`${space},`)}]`;
}

/** Generated documents: as they were signed, written otherwise, and with one thing changed. */
export async function generatedDocuments(seed: number, count: number): Promise<Case[]> {
  const cases: Case[] = [];
  const docs = fc.sample(fc.record({ doc, mark: fc.nat(9) }), { seed, numRuns: count });
  for (const [index, { doc: inner, mark }] of docs.entries()) {
    const root = (wide: boolean, m = mark): string =>
      `{"x":${write(inner, wide)},"mark":${String(m)}}`;
    const signed = members(root(false));
    const name = `document ${String(index)}`;
    const put = (data: string) => () => members(data);
    cases.push(await changedAfter(`${name} as signed`, (same) => same, { signed }));
    cases.push(await changedAfter(`${name} written otherwise`, put(root(true)), { signed }));
    cases.push(await changedAfter(`${name} changed`, put(root(true, mark + 10)), { signed }));
  }
  return cases;
}

/** An equal value by another literal is another file. */
export async function literals(): Promise<Case[]> {
  const pairs = [
    ['1e2', '100'],
    ['1.0', '1'],
    ['1E2', '1e2'],
    ['-0', '0'],
    ['0.10', '0.1'],
    ['10000000000000000000001', '10000000000000000000000'],
    ['"\\u0041"', '"A"'],
    ['{"a":1,"b":2}', '{"b":2,"a":1}'],
    ['{"a":1,"a":2}', '{"a":2}'],
    ['"\u2028"', '"\\u2028"'],
    ['null', 'false'],
  ] as const;
  const cases: Case[] = [];
  for (const [signed, served] of pairs) {
    cases.push(
      await changedAfter(`${signed} served as ${served}`, () => members(`{"x":${served}}`), {
        signed: members(`{"x":${signed}}`),
      }),
    );
  }
  return cases;
}
