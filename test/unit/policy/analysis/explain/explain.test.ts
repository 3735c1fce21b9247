import { expect } from 'chai';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PolicyInput } from '../../../../../src/domain/policy.js';
import type { Explanation } from '../../../../../src/domain/policy-analysis.js';
import type { RecordedDecision } from '../../../../../src/domain/policy-lifecycle.js';
import type { Bundle } from '../../../../../src/policy/bundle/read.js';
import { explainDecision } from '../../../../../src/policy/analysis/explain/explain.js';
import { traceDecision } from '../../../../../src/policy/analysis/explain/trace.js';
import { createJudge } from '../../../../../src/policy/analysis/replay/judge.js';
import { createStandIns } from '../../../../../src/policy/analysis/replay/stand-ins.js';
import { findOpa } from '../../../../../src/policy/runners/opa.js';
import { fixtureBundle } from '../../../../support/bundles/build.js';
import { variantOf } from '../../../../support/stored-bundles.js';
import { requestInput } from '../../engine-of.js';
import { record } from '../replay/recorded.js';

const REGO = `package countersign

# METADATA
# title: Reads only
# description: |
#   Whatever reads is granted;
#   nothing else is.
# custom:
#   id: test.reads
decision := {
	"effect": "narrow",
	"grant": {"scopes": reads, "ttl_seconds": 99999},
	"removed": [{"scope": s, "rule": "test.writes", "reason": "It writes."} |
		some s in input.request.scopes
		not startswith(s, "read")
	],
	"reasons": [{"rule": "test.reads", "code": "reads", "message": "Reading."}],
	"obligations": [],
}

reads := [s | some s in input.request.scopes; startswith(s, "read")]
`;

const ASKED = requestInput({ request: { scopes: ['read:a', 'write:a'], ttl_seconds: 300 } });

describe('explain', function () {
  this.timeout(60_000);
  let bundle: Bundle;
  let decision: RecordedDecision;

  before(async () => {
    const made = await fixtureBundle({ rego: { 'countersign/policy.rego': REGO } });
    bundle = await variantOf(made, 'v1', (data) => data, {
      'sources/countersign/policy.rego.txt': REGO,
    });
    decision = await record(await createJudge(bundle), 'dec_1', ASKED);
  });

  async function explained(
    one: RecordedDecision,
    by: Bundle | undefined = bundle,
  ): Promise<Explanation> {
    return explainDecision(one, {
      bundle: by,
      judge: await createJudge(by),
      standIns: createStandIns(by, []),
    });
  }

  it('says which rules spoke, what cut each scope, what was clamped, and that the outcome is equal', async () => {
    const explanation = await explained(decision);
    expect(explanation.rules).to.deep.equal([
      {
        rule: 'test.reads',
        title: 'Reads only',
        description: 'Whatever reads is granted;\nnothing else is.',
        location: 'countersign/policy.rego:3',
      },
      { rule: 'test.writes' },
    ]);
    expect(explanation.scopes).to.deep.equal([
      { scope: 'read:a', verdict: 'granted' },
      { scope: 'write:a', verdict: 'cut', rule: 'test.writes', reason: 'It writes.' },
    ]);
    expect(explanation.evaluation?.clamped).to.deep.equal({
      scopes: [],
      ttl_seconds: { from: 99_999, to: 300 },
    });
    expect(explanation).to.deep.include({ reproduced: true, differences: [] });
  });

  it('says what is not as it was recorded', async () => {
    const otherwise = {
      ...decision,
      outcome: { ...decision.outcome, scopes: ['write:a'], ttlSeconds: 60 },
      input_digest: 'sha256:00',
    };
    const explanation = await explained(otherwise);
    expect(explanation.reproduced).to.equal(false);
    expect(explanation.differences).to.deep.equal([
      'scopes: recorded ["write:a"], now ["read:a"]',
      'ttl_seconds: recorded 60, now 300',
      `input_digest: recorded "sha256:00", now "${decision.input_digest}"`,
    ]);
  });

  it('explains from the record alone when the input or the bundle is not there', async () => {
    const { input: _, ...without } = decision;
    const unrecorded = { ...without, why_not: 'input_too_large' };
    expect(await explained(unrecorded)).to.deep.include({ why_not_evaluated: 'input_too_large' });
    const unstored = await explainDecision(decision, undefined);
    expect(unstored).to.deep.include({ why_not_evaluated: 'bundle_not_stored' });
    expect(unstored.scopes).to.have.length(2);
    expect(unstored.rules).to.deep.equal([{ rule: 'test.reads' }, { rule: 'test.writes' }]);
  });

  async function traced(
    rego: string,
    input: PolicyInput = ASKED,
  ): ReturnType<typeof traceDecision> {
    const sources = new Map([['countersign/policy.rego', rego]]);
    return traceDecision(
      await findOpa(),
      { bundle: { ...bundle, sources }, entrypoint: 'countersign/decision' },
      input,
    );
  }

  it('traces with the opa binary over the carried sources, within bounds', async () => {
    const { trace, why_no_trace: why } = await traced(REGO);
    expect(why).to.equal(undefined);
    expect(trace?.text).to.contain('Eval startswith(').and.contain('"write:a"');
    const long = `package countersign\n\ndecision := count([x | some x in numbers.range(1, 4000); x > 0])`;
    const bounded = (await traced(long)).trace;
    expect(bounded?.truncated).to.equal(true);
    expect(bounded?.text.length).to.be.at.most(256 * 1024);
  });

  it('says why there is no trace', async () => {
    const at = { bundle, entrypoint: 'countersign/decision' };
    expect(await traceDecision(undefined, at, ASKED)).to.deep.equal({
      why_no_trace: 'no opa binary on this machine',
    });
    const bare = { ...at, bundle: { ...bundle, sources: new Map<string, string>() } };
    expect((await traceDecision(await findOpa(), bare, ASKED)).why_no_trace).to.contain(
      'no sources',
    );
    expect((await traced('package countersign\n\nnonsense(')).why_no_trace).to.contain(
      'opa eval failed',
    );
  });

  it('a bundle cannot have the trace call out: neither http.send nor a schema by URL', async () => {
    let calls = 0;
    const server = createServer((_, answer) => {
      calls += 1;
      answer.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/x`;
    const sends = `package countersign\n\ndecision := http.send({"method": "get", "url": "${url}"})`;
    const schema = `package countersign

# METADATA
# schemas:
#   - input: {"$ref": "${url}"}
decision := input.request.scopes`;
    expect((await traced(sends)).why_no_trace).to.contain('opa eval failed');
    await traced(schema);
    await new Promise((resolve) => server.close(resolve));
    expect(calls).to.equal(0);
  });
});
