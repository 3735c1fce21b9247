import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { guardPolicy, type CanaryBand } from '../../use-cases/policy/guard.js';
import { createPolicyOperations } from '../../use-cases/policy/lifecycle.js';
import { installFromSource, type OfferDeps } from '../../use-cases/policy/install-from-source.js';
import type { PolicyOperations } from '../../use-cases/policy/operations.js';
import type { BundleAdmission, GatherSamples, ReplayGate } from '../../use-cases/policy/ports.js';
import type { Config } from '../../config/config.js';
import type { AuditEvent } from '../../domain/audit.js';
import { unavailable } from '../../domain/errors.js';
import type { Logger } from '../../domain/logger.js';
import type { BundleFacts } from '../../domain/opa-status.js';
import type { PolicyDocument, PolicyStore } from '../../domain/policy-lifecycle.js';
import type { PolicyDecisionPoint } from '../../domain/ports.js';
import { createPolicyEngine, type PolicyEngine } from '../../policy/serving/engine.js';
import type { Bundle } from '../../policy/bundle/read.js';
import { BundleRefused } from '../../policy/bundle/refused.js';
import { PolicyNode, type PrepareTimes } from '../../policy/serving/policy-node.js';
import { runPeriodically } from '../periodic.js';
import { createBundleOpener, type BundleOpener } from './bundles.js';
import { SourceTaker, systemContext, type SourceTakerOptions } from './source-taker.js';
import { bundleSourceFor } from './source.js';
import { createExhaustionWatch } from './exhaustion-watch.js';
import { engineAlarm, engineProblem, startKnownAnswerChecks } from './known-answer.js';
import { factsOf } from './facts.js';

export interface PolicyPart {
  /** Decides under the generation that the node was synced to. */
  readonly decisionPoint: PolicyDecisionPoint;
  readonly engine: PolicyEngine;
  readonly operations: PolicyOperations;
  /** Returns the facts for OPA's status. */
  facts(): BundleFacts;
  /** Returns the active revision; empty while none is active. */
  revision(): string;
  /** Returns why this node cannot decide; undefined when it can. */
  problem(): string | undefined;
  /** Returns the fault of a bundle that still decides; undefined when there is none. */
  alarm(): string | undefined;
  reload(): Promise<void>;
  close(): Promise<void>;
}

export interface PolicyOptions {
  readonly log: Logger;
  readonly store: PolicyStore;
  readonly admission: BundleAdmission;
  readonly replayGate: ReplayGate;
  readonly samples: GatherSamples;
  /** Records a refusal. */
  readonly record: (event: AuditEvent) => Promise<unknown>;
  readonly onRevision: (revision: string) => void;
  /** Called when a bundle was prepared on this node, or was not, with the reason. */
  readonly onLoaded?: (bundle: Bundle, took: PrepareTimes) => void;
  readonly onRefused?: (code: string) => void;
}

/**
 * Interval between reads of the policy document, in milliseconds.
 * A request under a newer generation triggers a read at once.
 */
const LOOK_EVERY_MS = 250;
const BEAT_EVERY_MS = 1000;
/** Size of a canary's salt: too large to be guessed from the answers that an agent gets. */
const SALT_BYTES = 16;

/**
 * Starts the engine with its bundle source and keeps it in line with the store.
 * Throws when it cannot decide.
 */
export async function startPolicy(config: Config, options: PolicyOptions): Promise<PolicyPart> {
  const { policy } = config;
  const { log } = options;
  const engine = createPolicyEngine({ entrypoint: policy.entrypoint, breaker: policy.breaker });
  const bundles = createBundleOpener(policy);
  const node = nodeOf(options, engine, bundles.open);
  const offerDeps: OfferDeps = {
    ...offerParts(config, options),
    node: { wake: () => beats.now() },
    describe: bundles.describe,
    generationSeen: () => node.highestSeen,
  };
  const beats = beatsOf(node, log, guardOf(offerDeps, policy.canary, node.id, log));
  const taker = sourceTaker(config, options, (offered, context) =>
    installFromSource(offerDeps, offered, context),
  );
  await beats.now();
  const started = await taker.start();
  await beats.now();
  if (node.current === undefined && started.activated === 'nothing') throw started.error;
  const looking = runPeriodically(LOOK_EVERY_MS, 'policy', log, () => beats.turn());
  if (node.generation === 0) throw unavailable('this node cannot decide with the active bundle');
  const checking = startKnownAnswerChecks(engine, log);
  // Reports problems that exist at start.
  checking.now();
  const alarm = (): string | undefined => engineAlarm(engine.counters());
  return {
    engine,
    decisionPoint: decisionPointOf(node, engine),
    operations: createPolicyOperations({
      ...offerDeps,
      entrypoint: policy.entrypoint,
      drawSalt: () => randomBytes(SALT_BYTES).toString('hex'),
      source: taker,
    }),
    facts: () =>
      factsOf(node.current, taker.download(), taker.status().last_refusal?.detail ?? alarm()),
    revision: () => node.current?.active.revision ?? '',
    problem: () =>
      node.generation === 0
        ? 'the active bundle is not ready on this node'
        : engineProblem(engine.counters()),
    alarm,
    // The source reports the error; the active bundle stays.
    reload: () => taker.checkNow(systemContext()).catch(() => undefined),
    async close() {
      await taker.close();
      await Promise.all([looking.stop(), checking.stop()]);
      await node.leave().catch(() => undefined);
    },
  };
}

/** Returns the dependencies that follow from the settings and options alone. */
function offerParts(
  { policy }: Config,
  { store, admission, replayGate, samples }: PolicyOptions,
): Omit<OfferDeps, 'node' | 'describe' | 'generationSeen'> {
  return {
    ...{ store, admission, replayGate, samples, pause },
    allowUntestedSources: policy.admission.requireGrants === 'warn',
    readyTimeoutMs: policy.readyTimeoutMs,
  };
}

function decisionPointOf(node: PolicyNode, engine: PolicyEngine): PolicyDecisionPoint {
  return {
    sync: (generation) => node.sync(generation),
    decide: (input) => engine.decide(input),
  };
}

function nodeOf(
  options: PolicyOptions,
  engine: PolicyEngine,
  open: BundleOpener['open'],
): PolicyNode {
  const { log, store, onRevision, onLoaded, onRefused } = options;
  return new PolicyNode({
    id: `node_${randomBytes(6).toString('hex')}`,
    store,
    engine,
    open,
    ...(onLoaded === undefined ? {} : { onReady: onLoaded }),
    onUnready: (digest, why) => {
      onRefused?.(why.split(':')[0] ?? why);
      log.error({ digest, why }, 'bundle not ready on this node');
    },
    onDocument: ({ active, generation }) => {
      onRevision(active.revision);
      log.info({ revision: active.revision, generation }, 'policy in force');
    },
  });
}

function sourceTaker(
  config: Config,
  { log, record, onRefused }: PolicyOptions,
  take: SourceTakerOptions['take'],
): SourceTaker {
  const taker: SourceTaker = new SourceTaker({
    source: bundleSourceFor(config, {
      onProblem: (problem) => {
        onRefused?.(problem instanceof BundleRefused ? problem.code : 'source');
        taker.tell(problem);
      },
    }),
    ...{ log, record, take },
  });
  return taker;
}

/** Returns what watches the trials and the active bundle. */
function guardOf(deps: OfferDeps, band: CanaryBand, nodeId: string, log: Logger): Guard {
  const exhaustion = createExhaustionWatch(deps, nodeId, log);
  return async (document, nodes) => {
    exhaustion.consider(document, nodes);
    await guardPolicy(deps.store, band, document, nodes);
  };
}

type Guard = (
  document: PolicyDocument,
  nodes: Awaited<ReturnType<PolicyNode['beat']>>,
) => Promise<void>;

/** Reads the document, prepares bundles and reports readiness, in turn and as often as needed. */
function beatsOf(
  node: PolicyNode,
  log: Logger,
  guard: Guard,
): { readonly turn: () => Promise<void>; readonly now: () => Promise<void> } {
  let told = '';
  let toldAtMs = Number.NEGATIVE_INFINITY;
  const turn = async (): Promise<void> => {
    await node.refresh();
    await node.prepareNext();
    const report = JSON.stringify(node.report());
    const nowMs = performance.now();
    if (report === told && nowMs - toldAtMs < BEAT_EVERY_MS) return;
    const nodes = await node.beat();
    told = report;
    toldAtMs = nowMs;
    if (node.current !== undefined) await guard(node.current, nodes);
  };
  return {
    turn,
    now: () =>
      turn().catch((error: unknown) => {
        log.warn({ error: String(error) }, 'policy document not read');
      }),
  };
}
