import { expect } from 'chai';
import { createRequire } from 'node:module';
import { runInNewContext } from 'node:vm';
import type { ErrorObject } from 'ajv/dist/2020.js';
import { compileCheck, compiledName } from '../../../src/schema/compile.js';
import { problemOf } from '../../../src/schema/problem.js';
import { standaloneChecks } from '../../../src/schema/standalone.js';

const SCHEMA = {
  type: 'object',
  required: ['id'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', pattern: '^[a-z]+$', description: 'Lower-case letters.' },
    plain: { type: 'string', pattern: '^[0-9]+$' },
    shared: { $ref: '#/$defs/a~1b' },
    profile: { enum: ['local', 'production'] },
    version: { const: 1 },
  },
  $defs: { 'a/b': { type: 'string', pattern: '^x', description: 'Begins with x.' } },
};

const CASES: readonly (readonly [document: object, pointer: string, message: string])[] = [
  [{ id: 'a', profile: 'prod' }, '/profile', 'must be one of: local, production'],
  [{ id: 'a', version: 2 }, '/version', 'must be 1'],
  [{}, '', 'value is missing (id)'],
  [{ id: 'A' }, '/id', 'must match ^[a-z]+$: Lower-case letters.'],
  [{ id: 'a', plain: 'x' }, '/plain', 'must match ^[0-9]+$'],
  [{ id: 'a', shared: 'y' }, '/shared', 'must match ^x: Begins with x.'],
  [{ id: 'a', more: 1 }, '', 'must NOT have additional properties (more)'],
];

/** Compiles the schema to source, as the build does, and loads it. */
function builtCheck(): { (value: unknown): boolean; readonly errors?: readonly ErrorObject[] } {
  const module = { exports: {} as Record<string, ReturnType<typeof builtCheck>> };
  const require = createRequire(import.meta.url);
  runInNewContext(standaloneChecks([SCHEMA]), { module, exports: module.exports, require });
  const check = module.exports[compiledName(SCHEMA)];
  if (check === undefined) throw new Error('the build has no such validator');
  return check;
}

describe('the text of a problem', () => {
  const check = compileCheck(SCHEMA);
  const built = builtCheck();

  for (const [document, pointer, message] of CASES) {
    it(`is "${message}", from the run-time compiler and from the build`, () => {
      const expected = [{ pointer, message }];
      expect(check(document)).to.deep.equal({ ok: false, problems: expected });
      expect(built(document)).to.equal(false);
      const problems = (built.errors ?? []).map((error) => problemOf(error, SCHEMA));
      expect(problems).to.deep.equal(expected);
    });
  }
});
