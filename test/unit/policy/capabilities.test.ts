import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { hostBuiltins } from '../../../src/policy/builtins/index.js';
import {
  CAPABILITIES_FILE,
  makeCapabilities,
  type Capabilities,
} from '../../support/bundles/capabilities.js';
import { buildBundle } from '../../support/bundles/build.js';
import { COMPILED_AWAY, NATIVE_BUILTINS } from '../../support/bundles/native-builtins.js';
import { ALLOW } from './engine-of.js';

describe('rego/capabilities.json', () => {
  const file = JSON.parse(readFileSync(CAPABILITIES_FILE, 'utf8')) as Capabilities;

  it('allows what the WASM has, what the host supplies and what is compiled away, and nothing else', () => {
    const allowed = [...NATIVE_BUILTINS, ...hostBuiltins.keys(), ...COMPILED_AWAY].sort();
    expect(file.builtins.map(({ name }) => name).sort()).to.deep.equal(allowed);
    expect(makeCapabilities()).to.deep.equal(file);
  });

  it('declares as many operands as the host builtin takes', () => {
    for (const [name, { arity }] of hostBuiltins) {
      const declared = file.builtins.find((builtin) => builtin.name === name)?.decl;
      expect((declared as { args: unknown[] }).args.length, name).to.equal(arity);
    }
  });

  for (const call of [
    'http.send({"method": "get", "url": "https://example.org"})',
    'opa.runtime()',
    'time.now_ns()',
    'rand.intn("x", 5)',
    'net.lookup_ip_addr("example.org")',
    'io.jwt.encode_sign({}, {}, {})',
    'regex.split(",", "a,b")',
    'uuid.rfc4122("x")',
    'json.is_valid("true")',
  ]) {
    it(`makes opa build refuse ${call}`, () => {
      expect(() => buildBundle({ rego: `${ALLOW}\nx := ${call}\n` })).to.throw(
        /undefined function/,
      );
    });
  }
});
