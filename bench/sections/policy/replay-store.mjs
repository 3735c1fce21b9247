// How many recorded decisions go through a bundle in a second: read from an audit store on disk, in the thread that
// the service uses, through the bundle that made them.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtEngine, builtReplay } from '../../built.mjs';
import { policyInput } from '../../policy-input.mjs';

const AGENTS = 50;
const BATCH = 500;
/** Of no service: the worker's own places in its streams are left alone. */
const NO_SHARD = 1000;
const ENTRYPOINT = 'countersign/decision';
const LIMITS = { deadlineMs: 600_000, heapMiB: 512 };

/** `{decisions_per_second, unchanged, changes, bytes_per_input}` of `count` decisions, made by the bundle of a file. */
export async function replayFromStore(bench, file, count) {
  const { readBundle } = await builtEngine();
  const { inThread, createJudge } = await builtReplay();
  const archive = readFileSync(file);
  const storePath = join(bench.folder, 'replay.db');
  const bytes = await fillStore(storePath, await createJudge(await readBundle(archive)), count);
  const task = {
    ...{ task: 'replay', candidate: archive, baselines: [], entrypoint: ENTRYPOINT },
    ...{ storePath, maskKeys: [], sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER },
    ...{ limit: count + 1, budgetMs: 600_000, nowMs: Date.now() },
  };
  const { unchanged, changes, decisions_per_second } = await inThread(task, LIMITS);
  if (unchanged !== count) throw new Error(`replay from the store: ${JSON.stringify(changes)}`);
  return { decisions_per_second, unchanged, changes, bytes_per_input: Math.round(bytes / count) };
}

/** Writes `count` decisions of the judge into an audit store, a millisecond apart, the last one now. Resolves to the bytes of their inputs. */
export async function fillStore(storePath, judge, count) {
  const beganMs = Date.now() - count;
  const { openAuditStore } = await builtReplay();
  const { canonicalJson } = await builtEngine();
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
        tickMs: beganMs + seq,
        events: [event],
      });
    }
    const next = { epoch: 'bench', streamId: entries.at(-1).streamId };
    store.appendBatch(NO_SHARD, cursor, entries, next);
    cursor = next;
  }
  store.close();
  return bytes;
}

async function decisionEvent(judge, number) {
  const { canonicalJson } = await builtEngine();
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
