import type { Evaluation, PolicyInput } from '../../domain/policy.js';
import type { BundleDecisions, Exhaustion, TrialCounts } from '../../domain/policy-lifecycle.js';
import { DEFAULT_INSTANCE_LIMITS, makeInstance, type InstanceLimits } from './make-instance.js';
import { DEFAULT_BREAKER, type BreakerOptions } from './breaker.js';
import type { Bundle } from '../bundle/read.js';
import { BundleRefused } from '../bundle/refused.js';
import { unsafeProblems } from '../bundle/unsafe.js';
import type { HostBuiltins } from '../builtins/host-builtin.js';
import { hostBuiltins } from '../builtins/index.js';
import { addUp, noFaults, type EngineCounters } from './counters.js';
import { EngineFault, publicFault } from './fault.js';
import { recordAnswer } from './record-answer.js';
import { Decided } from './decided.js';
import { DeferredWork, type RunLater } from './deferred.js';
import { encodeInput, type EncodedInput } from './encode.js';
import { KnownAnswer } from './known-answer.js';
import { LoadedBundle } from './loaded-bundle.js';
import type { PrepareOptions, Roles } from './roles.js';
import { GuardedEvaluation } from './guarded-evaluation.js';
import { outcomeOf, Trial, tryOutcome } from './trial.js';

export interface PolicyEngineOptions {
  /** Name in the manifest; `countersign/decision` by default. */
  readonly entrypoint?: string;
  readonly limits?: InstanceLimits;
  readonly inputMaxBytes?: number;
  readonly breaker?: BreakerOptions;
  /** Monotonic clock in milliseconds. */
  readonly monotonicMs?: () => number;
  readonly builtins?: HostBuiltins;
  /** Refuses a request like one that used up its fuel in the last minute; true by default. */
  readonly refuseRepeats?: boolean;
  /** Schedules comparisons with a trial; between two answers by default. */
  readonly runLater?: RunLater;
  /** Schedules the building of spare instances; between two answers by default. */
  readonly buildLater?: RunLater;
}

/**
 * Decides with the active bundle, or with the canary for its share of agents.
 * Refuses every request until a bundle is active.
 */
export interface PolicyEngine {
  readonly entrypoint: string;
  /** Builds, checks and warms a bundle without affecting others. Throws BundleRefused. */
  prepare(bundle: Bundle, options?: PrepareOptions): Promise<void>;
  /** Returns the digests that can decide now. */
  ready(): readonly string[];
  /** Returns, by digest, why ready bundles would be refused if they arrived now. */
  refusals(): ReadonlyMap<string, readonly string[]>;
  /**
   * Evaluates the known answer of every ready bundle on the deciding instances.
   * Call every few seconds; counted separately from decisions. Never throws.
   */
  checkKnownAnswers(): void;
  /**
   * Assigns all roles in one step.
   * Drops every bundle without a role that is not in `keep`. Throws EngineFault when one is not ready.
   */
  assign(roles: Roles, keep?: readonly string[]): void;
  /** Removes all roles, because this node does not know the current ones. */
  suspend(): void;
  /** Prepares a bundle and gives it the only role. Throws BundleRefused; the old bundle then stays. */
  activate(bundle: Bundle): Promise<void>;
  /** Decides a request. Throws CountersignError 503 on any fault. */
  decide(input: PolicyInput): Promise<Evaluation>;
  /** Returns the counts of the running trials. */
  trials(): readonly TrialCounts[];
  /** Returns the active bundle's evaluations of the last minute, if one used up its fuel. */
  exhaustion(): Exhaustion | undefined;
  /** Returns the answers by bundle and role since the engine was created. */
  decided(): readonly BundleDecisions[];
  counters(): EngineCounters;
}

export const DEFAULT_ENTRYPOINT = 'countersign/decision';
const DEFAULT_INPUT_MAX_BYTES = 256 * 1024;
/** Maximum number of queued comparisons. */
const COMPARISONS_WAITING = 256;

/** Runs a job in a later turn of the event loop; an idle process may end before it. */
function whenIdle(job: () => void): void {
  setImmediate(job).unref();
}

export function createPolicyEngine(options: PolicyEngineOptions = {}): PolicyEngine {
  return new Engine(options);
}

class Engine implements PolicyEngine {
  readonly entrypoint: string;
  private readonly loaded = new Map<string, LoadedBundle>();
  private active: LoadedBundle | undefined;
  private canary: Trial | undefined;
  private shadow: Trial | undefined;
  private readonly later: DeferredWork;
  private readonly monotonicMs: () => number;
  private readonly faults = noFaults();
  private readonly guarded: GuardedEvaluation;
  private readonly answered = new Decided();
  private past = addUp([]);
  private activations = 0;

  constructor(private readonly options: PolicyEngineOptions) {
    this.entrypoint = options.entrypoint ?? DEFAULT_ENTRYPOINT;
    this.monotonicMs = options.monotonicMs ?? (() => performance.now());
    const { refuseRepeats = true } = options;
    this.guarded = new GuardedEvaluation(this.monotonicMs, refuseRepeats);
    this.later = new DeferredWork(COMPARISONS_WAITING, options.runLater);
  }

  async prepare(bundle: Bundle, { knownInput, evenIfRefused }: PrepareOptions = {}): Promise<void> {
    const { builtins = hostBuiltins, limits = DEFAULT_INSTANCE_LIMITS } = this.options;
    const { buildLater = whenIdle } = this.options;
    const refusals = await unsafeProblems(bundle);
    if (refusals.length > 0 && evenIfRefused !== true) {
      throw new BundleRefused('unsafe_builtin', refusals);
    }
    const instance = await makeInstance(bundle, this.entrypoint, builtins, limits, buildLater);
    const breaker = this.options.breaker ?? DEFAULT_BREAKER;
    const answer = new KnownAnswer(instance, await recordAnswer(instance, bundle, knownInput));
    const { monotonicMs } = this;
    const fresh = new LoadedBundle(bundle, instance, answer, refusals, breaker, monotonicMs);
    const old = this.loaded.get(bundle.digest);
    this.loaded.set(bundle.digest, fresh);
    // Recreated while it has a role: the role moves to the new instance, and a tripped breaker is closed.
    if (old !== undefined && this.active === old) {
      this.active = fresh;
      fresh.instance.keepSpare(true);
    }
    if (old !== undefined) this.retire(old);
  }

  ready(): readonly string[] {
    return [...this.loaded.keys()].sort();
  }

  refusals(): ReadonlyMap<string, readonly string[]> {
    const refused = [...this.loaded].filter(([, { refusals }]) => refusals.length > 0);
    return new Map(refused.map(([digest, { refusals }]) => [digest, refusals]));
  }

  checkKnownAnswers(): void {
    for (const { knownAnswer } of this.loaded.values()) knownAnswer.check();
  }

  assign(roles: Roles, keep: readonly string[] = []): void {
    const active = this.required(roles.active);
    const canary = this.trialOf('canary', roles.canary, this.canary);
    const shadow = this.trialOf('shadow', roles.shadow, this.shadow);
    if (this.active?.digest !== active.digest) this.activations += 1;
    this.active = active;
    this.canary = canary;
    this.shadow = shadow;
    const deciding = [active, canary?.bundle, shadow?.bundle].flatMap((one) => one?.digest ?? []);
    const needed = new Set([...keep, ...deciding]);
    for (const [digest, bundle] of this.loaded) {
      bundle.instance.keepSpare(deciding.includes(digest));
      if (needed.has(digest)) continue;
      this.loaded.delete(digest);
      this.retire(bundle);
    }
  }

  suspend(): void {
    this.active = undefined;
    this.canary = undefined;
    this.shadow = undefined;
  }

  async activate(bundle: Bundle): Promise<void> {
    await this.prepare(bundle);
    if (this.active?.digest === bundle.digest) this.activations += 1;
    this.assign({ active: bundle.digest });
  }

  decide(input: PolicyInput): Promise<Evaluation> {
    try {
      return Promise.resolve(this.evaluate(input));
    } catch (error) {
      const fault =
        error instanceof EngineFault ? error : new EngineFault('unknown', 'fault', error);
      this.faults[fault.fault] += 1;
      return Promise.reject(publicFault('policy engine', fault));
    }
  }

  trials(): readonly TrialCounts[] {
    return [this.canary, this.shadow].flatMap((trial) => trial?.counts() ?? []);
  }

  exhaustion(): Exhaustion | undefined {
    return this.active?.exhaustion.counts(this.active.digest, this.monotonicMs());
  }

  decided(): readonly BundleDecisions[] {
    return this.answered.list();
  }

  counters(): EngineCounters {
    const now = addUp([...this.loaded.values()], this.past);
    return {
      ...now,
      faults: { ...this.faults },
      activations: this.activations,
      memoryBytes: this.active?.instance.memoryBytes ?? 0,
      breakerOpen: this.active?.breakerOpen ?? false,
      knownAnswerFailing: this.active?.knownAnswer.failing ?? false,
      activeRefusals: this.active?.refusals ?? [],
    };
  }

  private evaluate(input: PolicyInput): Evaluation {
    const { active, canary, shadow } = this;
    if (active === undefined) throw new EngineFault('no_bundle', 'no bundle is active');
    const encoded = encodeInput(input, this.options.inputMaxBytes ?? DEFAULT_INPUT_MAX_BYTES);
    if (canary?.takes(input.agent.id) === true)
      return this.tryCanary(canary, active, encoded, input);
    const evaluation = this.answered.by('active', active, () =>
      this.guarded.evaluate(active, encoded, input),
    );
    if (shadow !== undefined) {
      this.compareLater(shadow, () => {
        const tried = tryOutcome(() => this.guarded.evaluate(shadow.bundle, encoded, input), input);
        shadow.record(tried, outcomeOf(evaluation, input));
      });
    }
    return evaluation;
  }

  /**
   * Decides with the canary.
   * A canary fault is counted, and the active bundle decides instead, without an error.
   */
  private tryCanary(
    canary: Trial,
    active: LoadedBundle,
    encoded: EncodedInput,
    input: PolicyInput,
  ): Evaluation {
    let evaluation: Evaluation;
    try {
      evaluation = this.answered.by('canary', canary.bundle, () =>
        this.guarded.evaluate(canary.bundle, encoded, input),
      );
    } catch (error) {
      if (error instanceof EngineFault) this.faults[error.fault] += 1;
      const instead = this.answered.by('active', active, () =>
        this.guarded.evaluate(active, encoded, input),
      );
      canary.record('error', outcomeOf(instead, input));
      return instead;
    }
    this.compareLater(canary, () => {
      const instead = tryOutcome(() => this.guarded.evaluate(active, encoded, input), input);
      canary.record(outcomeOf(evaluation, input), instead);
    });
    return evaluation;
  }

  private compareLater(trial: Trial, compare: () => void): void {
    const taken = this.later.offer(() => {
      try {
        compare();
      } catch {
        // Background work: a defect here must not end the process.
        trial.skipped += 1;
      }
    });
    if (!taken) trial.skipped += 1;
  }

  private trialOf(
    role: 'shadow' | 'canary',
    wanted: Roles['canary'] | Roles['shadow'],
    present: Trial | undefined,
  ): Trial | undefined {
    if (wanted === undefined) return undefined;
    const bundle = this.required(wanted.digest);
    const { percent, salt } = 'percent' in wanted ? wanted : { percent: 100, salt: undefined };
    const same =
      present?.bundle === bundle &&
      present.sinceMs === wanted.since_ms &&
      present.percent === percent &&
      present.salt === salt;
    return same ? present : new Trial(role, bundle, percent, wanted.since_ms, salt);
  }

  private required(digest: string): LoadedBundle {
    const bundle = this.loaded.get(digest);
    if (bundle === undefined) throw new EngineFault('no_bundle', 'a bundle is not ready');
    return bundle;
  }

  /** Drops a bundle and its memory; keeps its counts. */
  private retire(bundle: LoadedBundle): void {
    this.past = addUp([bundle], this.past);
  }
}
