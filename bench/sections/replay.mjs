// How many recorded decisions go through a bundle in a second: read from an audit store on disk, in the thread that
// the service uses, through the bundle that made them.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  canonicalJson,
  createJudge,
  inThread,
  openAuditStore,
  packArchive,
  readBundle,
} from '../built.mjs';
import { policyInput } from '../policy-input.mjs';
import { round } from '../redis.mjs';
import { root } from '../../scripts/lib/root.mjs';

const GOAL_PER_SECOND = 5000;
const DECISIONS = 20_000;
const AGENTS = 50;
const BATCH = 500;
const ENTRYPOINT = 'countersign/decision';

/** `{decisions, decisions_per_second, goal_per_second, unchanged, bytes_per_input}`. */
export async function replaySpeed(bench) {
  const count = bench.options.quick ? DECISIONS / 10 : DECISIONS;
  bench.say(`replay of ${count} recorded decisions`);
  const bundle = await readBundle(join(root, 'bundles', 'countersign'), { verification: 'off' });
  const judge = await createJudge(bundle);
  const storePath = join(bench.folder, 'replay.db');
  const bytes = await fill(storePath, judge, count);
  const report = await inThread(
    {
      task: 'replay',
      candidate: await packArchive(bundle.files),
      baselines: [],
      entrypoint: ENTRYPOINT,
      storePath,
      maskKeys: [],
      sinceMs: 0,
      untilMs: Number.MAX_SAFE_INTEGER,
      limit: count + 1,
      budgetMs: 600_000,
      nowMs: Date.now(),
    },
    { deadlineMs: 600_000, heapMiB: 512 },
  );
  if (report.unchanged !== count) throw new Error(`replay: ${JSON.stringify(report.changes)}`);
  return {
    decisions: count,
    decisions_per_second: report.decisions_per_second,
    goal_per_second: GOAL_PER_SECOND,
    unchanged: report.unchanged,
    bytes_per_input: round(bytes / count, 0),
  };
}

async function fill(storePath, judge, count) {
  const store = openAuditStore(storePath);
  let cursor;
  let bytes = 0;
  for (let from = 0; from < count; from += BATCH) {
    const entries = [];
    for (let seq = from + 1; seq <= Math.min(from + BATCH, count); seq++) {
      const event = await decisionEvent(judge, seq);
      bytes += canonicalJson(event.policy_input).length;
      entries.push({
        streamId: `${seq}-${seq}`,
        epoch: 'bench',
        seq,
        tickMs: seq,
        events: [event],
      });
    }
    const next = { epoch: 'bench', streamId: entries.at(-1).streamId };
    store.appendBatch(0, cursor, entries, next);
    cursor = next;
  }
  store.close();
  return bytes;
}

async function decisionEvent(judge, number) {
  const input = policyInput(`bench-${number % AGENTS}`);
  input.now = { unix_ms: input.now.unix_ms + number };
  const { outcome, decision } = await judge.judge(input);
  return {
    type: 'access.granted',
    principal: { kind: 'agent', id: input.agent.id },
    agent_id: input.agent.id,
    resource: input.request.resource,
    decision_id: `dec_0_${number}`,
    effect: outcome.effect,
    scopes_granted: outcome.scopes,
    ttl_seconds_granted: outcome.ttlSeconds,
    rules: decision.reasons.map(({ rule }) => rule),
    policy_revision: judge.revision,
    input_digest: `sha256:${createHash('sha256').update(canonicalJson(input)).digest('hex')}`,
    policy_input: input,
  };
}
