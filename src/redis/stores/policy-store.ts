import { unavailable } from '../../domain/errors.js';
import { newId } from '../../domain/ids.js';
import type {
  BundleRecord,
  NodeReport,
  PolicyDocument,
  PolicyStore,
} from '../../domain/policy-lifecycle.js';
import { eventText, type StoreContext } from '../context.js';
import { unexpectedReply, type ScriptReply } from '../scripts.js';
import { forgetOldBundles, hexOf, readRecord, readRecords } from './bundle-records.js';
import { raiseGeneration } from './intents.js';

/** A node without a heartbeat for this long is removed. */
const FORGET_NODE_MS = 60_000;

/**
 * Creates the store of bundles, the policy document and the nodes.
 * All are in the control slot, the generation in every shard.
 */
export function createPolicyStore(context: StoreContext): PolicyStore {
  const { runner, keys } = context;
  const { client } = runner;
  const control = [keys.meta('control'), keys.audit('control')] as const;
  const document = async (): Promise<PolicyDocument | undefined> => {
    const text = await guarded(() => client.get(keys.policy));
    return text === null ? undefined : (JSON.parse(text) as PolicyDocument);
  };
  const beat = async (node: string, report: string): Promise<NodesNow> => {
    const args = [runner.opening(), node, report, FORGET_NODE_MS];
    return nodesOf(await runner.run('beatNode', [keys.meta('control'), keys.policyNodes], args));
  };
  return {
    document,
    replace: (expected, next, events) =>
      replaceDocument(context, expected, next, eventText(events), document),
    put: (record, archive, events) =>
      putBundle(context, record, archive, eventText(events), document),
    async archive(digest) {
      const bytes = await guarded(() => client.getBuffer(keys.policyArchive(hexOf(digest))));
      return bytes ?? undefined;
    },
    record: (digest) => guarded(() => readRecord(context, digest)),
    records: () => guarded(() => readRecords(context)),
    async report(digest, { report, replay }, events) {
      const texts = [report, replay].map((one) => (one === undefined ? '' : JSON.stringify(one)));
      const reply = await runner.run(
        'reportBundle',
        [...control, keys.policyBundles],
        [runner.opening(), digest, ...texts, eventText(events)],
      );
      if (reply[0] !== 'REPORTED') throw unexpectedReply('reportBundle', reply);
    },
    beat: ({ node, ...report }) => beat(node, JSON.stringify(report)),
    // The empty name removes no node: a read without a change.
    nodes: () => beat('', ''),
    async leave(node) {
      await beat(node, '');
    },
  };
}

/** Stores a bundle and removes old ones. */
async function putBundle(
  context: StoreContext,
  record: BundleRecord,
  archive: Uint8Array,
  events: string,
  document: () => Promise<PolicyDocument | undefined>,
): Promise<void> {
  const { runner, keys } = context;
  // Reports are stored in separate fields.
  const { report: _report, replay: _replay, ...rest } = record;
  const reply = await runner.run(
    'putBundle',
    [
      ...[keys.meta('control'), keys.audit('control'), keys.policyBundles],
      keys.policyArchive(hexOf(record.digest)),
    ],
    [runner.opening(), record.digest, JSON.stringify(rest), Buffer.from(archive), events],
  );
  if (reply[0] !== 'PUT' && reply[0] !== 'KNOWN') throw unexpectedReply('putBundle', reply);
  if (reply[0] === 'PUT') await forgetOldBundles(context, await document(), record.digest);
}

interface NodesNow {
  readonly nowMs: number;
  readonly nodes: readonly NodeReport[];
}

async function replaceDocument(
  context: StoreContext,
  expected: number,
  next: PolicyDocument,
  events: string,
  stored: () => Promise<PolicyDocument | undefined>,
): Promise<boolean> {
  const { runner, keys } = context;
  const before = await stored();
  const moved = before?.generation !== next.generation;
  const intentId = newId('rev');
  const reply = await runner.run(
    'replacePolicy',
    [keys.meta('control'), keys.audit('control'), keys.policy, keys.intents],
    [
      ...[runner.opening(), expected, JSON.stringify(next), events, intentId],
      moved ? next.generation : '',
    ],
  );
  if (reply[0] === 'CONFLICT') return false;
  if (reply[0] !== 'WRITTEN') throw unexpectedReply('replacePolicy', reply);
  if (moved) await raiseGeneration(context, intentId, 'policy', next.generation);
  return true;
}

function nodesOf(reply: ScriptReply): NodesNow {
  const [status, nowMs, ...rest] = reply;
  if (status !== 'BEAT') throw unexpectedReply('beatNode', reply);
  const nodes: NodeReport[] = [];
  for (let i = 0; i + 2 < rest.length; i += 3) {
    const report = JSON.parse(String(rest[i + 2])) as Omit<NodeReport, 'node' | 'seen_ms'>;
    nodes.push({ ...report, node: String(rest[i]), seen_ms: Number(rest[i + 1]) });
  }
  return { nowMs: Number(nowMs), nodes: nodes.sort((a, b) => (a.node < b.node ? -1 : 1)) };
}

async function guarded<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw unavailable('the policy store cannot be reached', error);
  }
}
