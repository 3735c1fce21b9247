import { expect } from 'chai';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { compiledChecks } from '../../../scripts/lib/compiled-checks.mjs';
import { CONFIG_SCHEMA } from '../../../src/config/schema.js';
import { REVOCATION_BODY } from '../../../src/http/routes/revocations/schema.js';
import { RESET_BODY } from '../../../src/http/routes/signals/schema.js';
import { checkedSchemas, compileCheck, compiledName } from '../../../src/schema/compile.js';

describe('the validators of the build', function () {
  this.timeout(120_000);

  it('are made of what a module checks against', () => {
    const schema = { type: 'string' };
    compileCheck(schema);
    expect(checkedSchemas()).to.include(schema);
  });

  it('are there for every schema: no request waits until one is compiled', async () => {
    const code = await compiledChecks(fileURLToPath(new URL('../../../src', import.meta.url)));
    const module = { exports: {} as Record<string, unknown> };
    const require = createRequire(import.meta.url);
    runInNewContext(code, { module, exports: module.exports, require });
    const schemas = { CONFIG_SCHEMA, REVOCATION_BODY, RESET_BODY };
    for (const [name, schema] of Object.entries(schemas))
      expect(module.exports, name).to.have.property(compiledName(schema));
  });
});
