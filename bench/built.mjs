// What the harness takes from the build it measures.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../scripts/lib/root.mjs';

const fromDist = (path) => import(pathToFileURL(join(root, 'dist', path)).href);

export const { DEMO_REGISTRY } = await fromDist('config/demo.js');
export const { shardOfAgent } = await fromDist('domain/shard.js');
export const { createKeys } = await fromDist('redis/keys.js');
export const { mintSecret } = await fromDist('registry/secret.js');
export const { packArchive } = await fromDist('policy/bundle/pack.js');
const { readArchive } = await fromDist('policy/bundle/archive.js');
const { DEFAULT_BUNDLE_LIMITS } = await fromDist('policy/bundle/members.js');

/** Members of a bundle's tar.gz, whatever they are. */
export const unpackArchive = (bytes) => readArchive(bytes, DEFAULT_BUNDLE_LIMITS);

/** The policy engine, for what is timed without a service around it. */
export async function builtEngine() {
  const { createPolicyEngine, DEFAULT_ENTRYPOINT } = await fromDist('policy/serving/engine.js');
  const { makeInstance, DEFAULT_INSTANCE_LIMITS } = await fromDist(
    'policy/serving/make-instance.js',
  );
  const { addFuelGlobal } = await fromDist('policy/wasm/fuel/fuel-global.js');
  const { joinSections, splitSections } = await fromDist('policy/wasm/fuel/sections.js');
  const { hostBuiltins } = await fromDist('policy/builtins/index.js');
  const { readBundleArchive } = await fromDist('policy/bundle/read.js');
  const { canonicalJson } = await fromDist('policy/json/canonical.js');
  const { memoryLimits } = await fromDist('policy/wasm/memory-import.js');
  const uncharged = ({ original }) => {
    const sections = splitSections(original);
    addFuelGlobal(sections);
    return { original, metered: { ok: true, wasm: joinSections(sections) } };
  };
  return {
    createPolicyEngine,
    canonicalJson,
    memoryLimits,
    readBundle: (archive) => readBundleArchive(archive, { verification: 'off' }),
    /** The bundle with modules that have a fuel, which the engine requires, but never subtract from it. */
    withoutCharges: (bundle) => ({
      ...bundle,
      modules: new Map([...bundle.modules].map(([name, module]) => [name, uncharged(module)])),
    }),
    instanceOf: (bundle) =>
      makeInstance(bundle, DEFAULT_ENTRYPOINT, hostBuiltins, DEFAULT_INSTANCE_LIMITS),
  };
}

/** What puts recorded decisions through a bundle, and the record they come from. */
export async function builtReplay() {
  const { inThread } = await fromDist('app/policy/in-thread.js');
  const { openAuditStore } = await fromDist('audit/store.js');
  const { replay } = await fromDist('policy/analysis/replay/replay.js');
  const { createJudge } = await fromDist('policy/analysis/replay/judge.js');
  const { createStandIns } = await fromDist('policy/analysis/replay/stand-ins.js');
  return { inThread, openAuditStore, replay, createJudge, createStandIns };
}

/** The audit store, for what its file takes. */
export async function builtAuditStore() {
  return (await fromDist('audit/store.js')).openAuditStore;
}

/** Cases of a policy from their files, texts by name. */
export async function parseCases(texts) {
  return (await fromDist('policy/author/cases.js')).parseCases(texts);
}

/** The gather and what it stands on, for what is timed without a service around it. */
export async function builtGather() {
  const { readScriptFile, readScripts, ScriptRunner } = await fromDist('redis/scripts.js');
  const { createAgentStore } = await fromDist('redis/stores/agent-store.js');
  const { createSignalGatherer } = await fromDist('redis/stores/signal-gatherer.js');
  return { readScriptFile, readScripts, ScriptRunner, createAgentStore, createSignalGatherer };
}
