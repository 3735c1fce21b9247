import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CONFIG_SCHEMA } from '../../../src/config/schema.js';
import { INPUT_SCHEMA } from '../../../src/policy/admission/inputs/input-schema.js';
import { MANIFEST_SCHEMA } from '../../../src/policy/bundle/manifest.js';
import { PROBE_INPUT } from '../../../src/policy/serving/probe.js';
import { compiledName, newAjv } from '../../../src/schema/compile.js';
import {
  agentSpecSchema,
  resourceServerSpecSchema,
  resourceSpecSchema,
} from '../../../src/schema/registry.js';
import { standaloneChecks } from '../../../src/schema/standalone.js';
import { parse } from '../../../src/schema/yaml.js';

// Loads ajv with this file, as `standalone.ts` does: loaded later, through the link to the packages in a compiled tree, it
// may be a second copy of itself.
newAjv();

const EXAMPLE = fileURLToPath(new URL('../../../countersign.yaml', import.meta.url));
const RESULT_SCHEMA = JSON.parse(
  readFileSync(new URL('../../../rego/schemas/result.json', import.meta.url), 'utf8'),
) as object;
const NAMES = ['settings', 'agent', 'resource', 'resource server', 'manifest', 'input', 'result'];
const SCHEMAS: readonly object[] = [
  ...[CONFIG_SCHEMA, agentSpecSchema, resourceSpecSchema, resourceServerSpecSchema],
  ...[MANIFEST_SCHEMA, INPUT_SCHEMA, RESULT_SCHEMA],
];
const MANIFEST = {
  ...{ revision: 'r1', roots: ['a'], rego_version: 1, metadata: { 'countersign.sequence': 1 } },
  wasm: [{ entrypoint: 'countersign/decision', module: '/policy.wasm' }],
};
const RESULT = {
  effect: 'narrow',
  grant: { scopes: ['read'], ttl_seconds: 60 },
  removed: [{ scope: 'write', rule: 'a', reason: 'b' }],
  reasons: [{ rule: 'a.b', code: 'ok', message: 'Readers may.' }],
  obligations: [],
};

interface Validate {
  (value: unknown): unknown;
  readonly errors?: readonly unknown[] | null;
}

/** Values that break a schema at each place where a document has one. */
const WRONG = [
  undefined,
  null,
  -1,
  1.5,
  1e18,
  '',
  '\n',
  'x'.repeat(5000),
  true,
  [],
  ['a', 'a'],
  {},
  { x: 1 },
];

/** Returns copies of a document, each with one value replaced or one member added. */
function brokenCopies(document: unknown): unknown[] {
  const wrong: unknown[] = [...WRONG];
  if (typeof document !== 'object' || document === null) return wrong;
  for (const [key, member] of Object.entries(document)) {
    for (const broken of brokenCopies(member)) {
      if (Array.isArray(document)) wrong.push(document.with(Number(key), broken));
      else wrong.push({ ...document, [key]: broken });
    }
  }
  if (!Array.isArray(document)) wrong.push({ ...document, unknown_member: 1 });
  return wrong;
}

describe('compiled checks', function () {
  this.timeout(120_000);
  const example = parse(readFileSync(EXAMPLE, 'utf8')) as Record<
    'registry',
    Record<string, unknown[]>
  >;
  const { agents, resources, resource_servers: servers } = example.registry;
  const documents = [
    ...[[example], agents, resources, servers],
    ...[[MANIFEST], [PROBE_INPUT], [RESULT]],
  ];
  let folder: string;
  let compiled: Record<string, Validate>;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-checks-'));
    const root = fileURLToPath(new URL('../../../', import.meta.url));
    const path = join(folder, 'checks.cjs');
    const code = standaloneChecks(SCHEMAS).replaceAll('require("', `require("${root}node_modules/`);
    writeFileSync(path, code);
    compiled = createRequire(import.meta.url)(path) as typeof compiled;
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [at, schema] of SCHEMAS.entries()) {
    it(`refuse exactly what the run-time compiler refuses: ${NAMES[at] ?? ''}`, () => {
      const known = compiled[compiledName(schema)];
      const expected = newAjv().compile(schema) as Validate;
      const tried = (documents[at] ?? []).flatMap((document) => [
        document,
        ...brokenCopies(document),
      ]);
      expect(tried.length).to.be.greaterThan(50);
      let refused = 0;
      for (const document of tried) {
        const ok = expected(document);
        if (ok !== true) refused += 1;
        expect(known?.(document), JSON.stringify(document)).to.equal(ok);
        expect(known?.errors).to.deep.equal(expected.errors);
      }
      expect(refused).to.be.within(1, tried.length - 1);
    });
  }

  it('have another name for a schema that differs', () => {
    expect(compiledName({ ...CONFIG_SCHEMA, minProperties: 1 })).not.to.equal(
      compiledName(CONFIG_SCHEMA),
    );
  });
});
