import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { PROBE_INPUT } from '../../../src/policy/serving/probe.js';
import {
  DIFFERENCE,
  EVALUATED,
  EXPLAINED,
  REPLAY,
  TIGHTENED,
} from '../../support/fake-analysis.js';
import { sampledReplay } from '../../support/sampled-replay.js';
import { run, type FakeAnswer, type Ran, type Sent } from './fake-terminal.js';

const BUNDLE = fileURLToPath(new URL('../../../bundles/countersign', import.meta.url));
const ok = (body: unknown) => (): FakeAnswer => ({ status: 200, body });
const words = (line: string): string[] => line.split(' ');
const INPUT = { files: { '/srv/input.json': JSON.stringify(PROBE_INPUT) } };

function bodyOf(sent: Sent | undefined): unknown {
  return JSON.parse(sent?.body ?? 'null');
}

describe('countersign policy, what the record tells', () => {
  const replay = (line: string, body: unknown = REPLAY): Promise<Ran> =>
    run(words(`policy replay ${line}`), { answer: ok(body) });

  it('replay: asks for the time, and shows groups, an input for each, and what could not be replayed', async () => {
    const { code, out, sent, err } = await replay(
      '--bundle r2 --since 2h --limit 9 --allow-new-grants 2',
    );
    expect(code).to.equal(0);
    expect(sent[0]).to.include({
      method: 'POST',
      url: 'http://127.0.0.1:9/admin/v1/policy/bundles/r2/replay',
    });
    expect(bodyOf(sent[0])).to.deep.equal({ since: '2030-01-31T10:00:00.000Z', limit: 9 });
    expect(out).to.contain('deny_to_allow  2      demo-agent  countersign.grants.refusal');
    expect(out).to.contain('allow read_invoices for 300 s').and.contain('baseline_not_stored');
    expect(out).to.contain(JSON.stringify(PROBE_INPUT));
    expect(out).to.contain('decided_before_policy').and.contain('the limit was reached');
    expect(err).to.contain('replaying decisions since 2h');
  });

  it('replay: exits 1 above the allowed number of new grants, and when the answer has no number', async () => {
    const blocked = await replay('--bundle r2 --allow-new-grants 1');
    expect(blocked.code).to.equal(1);
    expect(blocked.out).to.contain('BLOCKS: 2 decisions');
    const json = await replay('--bundle r2 --json');
    expect(json.code).to.equal(1);
    expect(JSON.parse(json.out)).to.deep.include({ blocks: true, new_grants: 2 });
    expect((await replay('--bundle r2', {})).code).to.equal(1);
    expect((await replay('--bundle r2', { ...REPLAY, new_grants: 0 })).code).to.equal(0);
    expect((await replay('--bundle r2 --allow-new-grants -1')).code).to.equal(2);
  });

  it('replay: of a sample, shows its verdict, and exits 1 by the extrapolated new grants', async () => {
    const sample = sampledReplay({ new_grants: 9, decisions: 300 });
    const ran = await replay('--bundle r2 --sample --allow-new-grants 8', { ...REPLAY, sample });
    expect(bodyOf(ran.sent[0])).to.deep.include({ sample: true });
    expect(ran.code).to.equal(1);
    expect(ran.out).to.contain('replayed: 100 % of 6 strata');
    expect(ran.out).to.contain('9 new grants in 300 decisions').and.contain('BLOCKS: 9 decisions');
  });

  it('replay: takes the newest pushed bundle, and says when there is none', async () => {
    const answer = ({ method }: Sent): FakeAnswer => ({
      status: 200,
      body:
        method === 'GET' ? { items: [{ digest: 'sha256:new' }, { digest: 'sha256:old' }] } : REPLAY,
    });
    const { sent } = await run(words('policy replay'), { answer });
    expect(sent[1]?.url).to.contain('/policy/bundles/sha256%3Anew/replay');
    const none = await run(words('policy replay'), { answer: ok({ items: [] }) });
    expect(none.code).to.equal(2);
    expect(none.err).to.contain('--bundle');
  });

  it('explain: rules, what became of each scope, and the trace when asked for', async () => {
    const short = await run(words('policy explain dec_1'), { answer: ok(EXPLAINED) });
    expect(short.sent[0]?.url).to.contain('/policy/explain/dec_1');
    expect(short.out).to.contain('A rule').and.contain('a.rego:3').and.contain('export_all');
    expect(short.out).to.contain('*; 9000 s to 300 s').and.not.contain('Enter data');
    const long = await run(words('policy explain dec_1 --trace'), { answer: ok(EXPLAINED) });
    expect(long.out).to.contain('Enter data.countersign.decision');
    const changed = { ...EXPLAINED, reproduced: false, differences: ['effect: recorded "deny"'] };
    const { out } = await run(words('policy explain dec_1'), { answer: ok(changed) });
    expect(out).to.contain('effect: recorded "deny"');
  });

  it('eval: sends a file or standard input to the service', async () => {
    const file = await run(words('policy eval -i input.json --bundle r2'), {
      ...INPUT,
      answer: ok(EVALUATED),
    });
    expect(bodyOf(file.sent[0])).to.deep.equal({ bundle: 'r2', input: PROBE_INPUT });
    expect(file.out).to.contain('allow read_invoices for 300 s');
    const stdin = { stdin: JSON.stringify(PROBE_INPUT), answer: ok(EVALUATED) };
    const piped = await run(words('policy eval -i -'), stdin);
    expect(bodyOf(piped.sent[0])).to.deep.equal({ input: PROBE_INPUT });
  });

  it('eval --path: evaluates a bundle on this machine without a request', async () => {
    const { code, out, sent } = await run(
      words(`policy eval -i input.json --path ${BUNDLE} --json`),
      INPUT,
    );
    expect(code).to.equal(0);
    expect(sent).to.deep.equal([]);
    expect(JSON.parse(out)).to.deep.include({
      outcome: { effect: 'allow', scopes: ['probe:nothing'], ttl_seconds: 60 },
    });
    const absent = await run(words('policy eval -i input.json --path nowhere'), INPUT);
    expect(absent.code).to.equal(5);
    const empty = { files: { '/srv/input.json': '{}' } };
    expect((await run(words(`policy eval -i input.json --path ${BUNDLE}`), empty)).code).to.equal(
      2,
    );
  }).timeout(20_000);

  it('diff: Rego, data and permissions', async () => {
    const { out, sent } = await run(words('policy diff r1 r2'), { answer: ok(DIFFERENCE) });
    expect(sent[0]?.url).to.contain('/policy/diff?from=r1&to=r2');
    expect(out).to.contain('+++ b/x.rego');
    expect(out).to.contain('- /countersign/config/x: 1   + /countersign/config/x: 2');
    expect(out).to.contain('compared for 1 recorded, 2 cases, 3 generated: 5 unchanged');
    expect(out).to.contain('generated: role demo');
  });

  it('tighten: what was used, the proposal, its limits, and its cases by themselves', async () => {
    const { out, sent } = await run(words('policy tighten --since 1d --agent a'), {
      answer: ok(TIGHTENED),
    });
    expect(bodyOf(sent[0])).to.deep.equal({ since: '2030-01-30T12:00:00.000Z', agent: 'a' });
    expect(out).to.contain('- stripe: *\n+ stripe: read_invoices (900 s)');
    expect(out).to.contain('of 1 requests').and.contain('Use is of a token.');
    const cases = await run(words('policy tighten --cases'), { answer: ok(TIGHTENED) });
    expect(JSON.parse(cases.out)).to.deep.equal(TIGHTENED.cases);
  });

  it('the text of a report cannot send control characters to the terminal', async () => {
    const evil = { ...REPLAY, groups: [{ ...REPLAY.groups[0], agent: 'a\u001b[2Jb' }] };
    const { out } = await replay('--bundle r2', evil);
    expect(out).not.to.contain('\u001b');
  });
});
