import { expect } from 'chai';
import { RESULT_LIMITS } from '../../../../src/policy/serving/result.js';
import { ALLOW, engineOf, rejection, requestInput } from '../engine-of.js';
import { rawPolicy } from '../raw-package.js';

const DENY = 'default decision := {"effect": "deny", "reasons": [], "obligations": []}\n\n';
const GRANT = '"grant": {"scopes": ["a"], "ttl_seconds": 60}';
const REST = '"reasons": [], "obligations": []';
const MANY = `[{"rule": sprintf("r%d", [i]), "code": "c", "message": "m"} | some i in numbers.range(1, ${String(RESULT_LIMITS.reasons + 1)})]`;

/** A decision that is made on every request but the probe. */
function onRequest(decision: string): { rego: string } {
  return { rego: `${DENY}decision := ${decision} if input.agent.id == "real"` };
}

const malformed: Readonly<Record<string, string>> = {
  'a text': '"allow"',
  'true alone': 'true',
  null: 'null',
  'an array': '[]',
  'no effect': `{${GRANT}, ${REST}}`,
  'an effect nobody knows': `{"effect": "permit", ${GRANT}, ${REST}}`,
  'a member nobody knows': `{"effect": "deny", "also": 1, ${REST}}`,
  'allow without a grant': `{"effect": "allow", ${REST}}`,
  'narrow without a grant': `{"effect": "narrow", ${REST}}`,
  'review without a review': `{"effect": "review", ${REST}}`,
  'no reasons': `{"effect": "allow", ${GRANT}, "obligations": []}`,
  'no obligations': `{"effect": "allow", ${GRANT}, "reasons": []}`,
  'a fraction of a second': `{"effect": "allow", "grant": {"scopes": ["a"], "ttl_seconds": 1.5}, ${REST}}`,
  'a ttl of zero': `{"effect": "allow", "grant": {"scopes": ["a"], "ttl_seconds": 0}, ${REST}}`,
  'a ttl as text': `{"effect": "allow", "grant": {"scopes": ["a"], "ttl_seconds": "60"}, ${REST}}`,
  'a ttl over 2^53': `{"effect": "allow", "grant": {"scopes": ["a"], "ttl_seconds": 9007199254740993}, ${REST}}`,
  'two scopes in one text': `{"effect": "allow", "grant": {"scopes": ["a b"], "ttl_seconds": 60}, ${REST}}`,
  'too many reasons': `{"effect": "allow", ${GRANT}, "obligations": [], "reasons": ${MANY}}`,
  'a reason too long': `{"effect": "allow", ${GRANT}, "obligations": [], "reasons": [{"rule": "r", "code": "c", "message": concat("", [ "x" | some _ in numbers.range(1, 2000)])}]}`,
  'a result too large': `{"effect": "allow", ${GRANT}, "obligations": [{"id": "o", "type": "t", "properties": {"a": numbers.range(1, 20000)}}], "reasons": []}`,
};

describe('traps 11, 13 and 14: what comes out', function () {
  this.timeout(60_000);

  it('trap 14: an undefined decision is a denial', async () => {
    const engine = await engineOf({
      rego: `decision := {"effect": "deny", ${REST}} if input.agent.id != "real"`,
    });
    const { result } = await engine.decide(requestInput({ agent: { id: 'real' } }));
    expect(result.effect).to.equal('deny');
    expect(result.reasons).to.deep.include({
      rule: 'countersign.engine',
      code: 'policy_result_invalid',
      message: 'The policy gave no valid decision.',
    });
  });

  for (const [what, decision] of Object.entries(malformed)) {
    it(`trap 14: ${what} is a denial`, async () => {
      const engine = await engineOf(onRequest(decision));
      const { result } = await engine.decide(requestInput({ agent: { id: 'real' } }));
      expect(result.effect).to.equal('deny');
      expect(result.grant).to.equal(undefined);
      expect(result.reasons.map(({ code }) => code)).to.deep.equal(['policy_result_invalid']);
      expect(engine.counters().resultsRefused).to.equal(1);
    });
  }

  for (const member of ['"max_uses": 1', '"authorization_details": [{"type": "payment"}]']) {
    it(`a grant with ${member} is a denial, since it is not enforced`, async () => {
      const grant = `"grant": {"scopes": ["a"], "ttl_seconds": 60, ${member}}`;
      const engine = await engineOf(onRequest(`{"effect": "allow", ${grant}, ${REST}}`));
      const { result } = await engine.decide(requestInput({ agent: { id: 'real' } }));
      expect(result.effect).to.equal('deny');
      expect(result.reasons.map(({ code }) => code)).to.deep.equal(['result_member_not_enforced']);
    });
  }

  it('trap 14: the entrypoint is a name of the manifest, and no other is evaluated', async () => {
    for (const entrypoint of ['countersign', 'nope', '0', '1.5', '__proto__', 'toString']) {
      const error = await rejection(engineOf({ rego: ALLOW }, { entrypoint }));
      expect(error).to.include({ code: 'entrypoint_missing' });
    }
    const source = {
      rego: `other := 1\n${ALLOW}`,
      entrypoints: ['countersign/other', 'countersign/decision'],
    };
    const engine = await engineOf(source);
    expect((await engine.decide(requestInput())).result.effect).to.equal('allow');
  });

  it('control: the package alone takes the entrypoint 1.5 for another', async () => {
    const source = {
      rego: 'other := "other"\n\ndecision := "decision"',
      entrypoints: ['countersign/decision', 'countersign/other'],
    };
    const policy = await rawPolicy(source);
    expect(policy.evaluate({}, 1.5)).to.deep.equal(policy.evaluate({}, 1));
    expect(policy.evaluate({}, Number.NaN)).to.deep.equal(policy.evaluate({}, 0));
  });

  it('trap 11: lists come in one order, whatever order a set had', async () => {
    const codes = ['delta', 'alpha', 'charlie', 'bravo', 'echo', 'foxtrot'];
    const reasons = `{r | some c in ${JSON.stringify(codes)}; r := {"rule": "r", "code": c, "message": "m"}}`;
    const engine = await engineOf(
      onRequest(`{"effect": "deny", "reasons": ${reasons}, "obligations": []}`),
    );
    const { result } = await engine.decide(requestInput({ agent: { id: 'real' } }));
    expect(result.reasons.map(({ code }) => code)).to.deep.equal([...codes].sort());
  });

  it('trap 11: an integer above 2^53 in the input is refused, not rounded', async () => {
    const engine = await engineOf({ rego: ALLOW });
    const input = requestInput({ now: { unix_ms: 2 ** 53 } });
    expect((await rejection(engine.decide(input))).message).to.contain('rounded');
  });

  it('trap 11: nanoseconds keep every digit through host builtins', async () => {
    const engine = await engineOf(
      onRequest(`{"effect": "deny", "obligations": [], "reasons": [{
  "rule": "r",
  "code": sprintf("%d", [time.parse_rfc3339_ns("2026-11-23T15:04:05.123456789Z") + 1]),
  "message": time.format([time.parse_rfc3339_ns("2026-11-23T15:04:05.123456789Z"), "UTC"]),
}]}`),
    );
    const { result } = await engine.decide(requestInput({ agent: { id: 'real' } }));
    expect(result.reasons[0]).to.include({
      code: '1795446245123456790',
      message: '2026-11-23T15:04:05.123456789Z',
    });
  });
});
