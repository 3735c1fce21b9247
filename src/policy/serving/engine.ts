import { unavailable } from '../../domain/errors.js';
import type { Evaluation, PolicyInput } from '../../domain/policy.js';
import type { TrialCounts } from '../../domain/policy-lifecycle.js';
import { DEFAULT_INSTANCE_LIMITS, makeInstance, type InstanceLimits } from './make-instance.js';
import { DEFAULT_BREAKER, type BreakerOptions } from './breaker.js';
import type { Bundle } from '../bundle/read.js';
import { BundleRefused } from '../bundle/refused.js';
import { unsafeProblems } from '../bundle/unsafe.js';
import type { HostBuiltins } from '../builtins/host-builtin.js';
import { hostBuiltins } from '../builtins/index.js';
import { addUp, noFaults, type EngineCounters } from './counters.js';
import { EngineFault } from './fault.js';
import { recordAnswer } from './record-answer.js';
import { DeferredWork, type RunLater } from './deferred.js';
import { encodeInput, type EncodedInput } from './encode.js';
import { KnownAnswer } from './known-answer.js';
import { LoadedBundle } from './loaded-bundle.js';
import { outcomeOf, Trial, tryOutcome } from './trial.js';

export interface PolicyEngineOptions {
  /** As the manifest names it; `countersign/decision` by default. */
  readonly entrypoint?: string;
  readonly limits?: InstanceLimits;
  readonly inputMaxBytes?: number;
  readonly breaker?: BreakerOptions;
  /** Milliseconds of a monotonic clock. */
  readonly monotonicMs?: () => number;
  readonly builtins?: HostBuiltins;
  /** When comparing with a trial runs; between two answers by default. */
  readonly runLater?: RunLater;
}

/** Who decides, by digest. Each must be ready. */
export interface Roles {
  readonly active: string;
  readonly canary?: {
    readonly digest: string;
    readonly percent: number;
    readonly since_ms: number;
  };
  readonly shadow?: { readonly digest: string; readonly since_ms: number };
}

/** How a bundle is made ready. */
export interface PrepareOptions {
  /** The input that admission found, for the known answer; one is looked for among the bundle's cases without it. */
  readonly knownInput?: unknown;
  /** Loads a bundle that would be refused if it came now: it was active before that was known. */
  readonly evenIfRefused?: boolean;
}

/** Decides with the active bundle, or with the canary for its share of agents. Until a bundle is active, everything is refused. */
export interface PolicyEngine {
  readonly entrypoint: string;
  /** Builds, checks and warms a bundle beside those that are ready. Throws BundleRefused; nothing else changes. */
  prepare(bundle: Bundle, options?: PrepareOptions): Promise<void>;
  /** Digests that could decide this instant. */
  ready(): readonly string[];
  /** Why bundles that are ready would be refused if they came now, by digest. */
  refusals(): ReadonlyMap<string, readonly string[]>;
  /**
   * Evaluates the known answer of every bundle that is ready, on the instances that decide: every few seconds, beside
   * decisions, and counted apart from them. Never throws.
   */
  checkKnownAnswers(): void;
  /** Gives out the roles in one step and forgets every bundle that is not in `keep` and has none. Throws EngineFault when one is not ready. */
  assign(roles: Roles, keep?: readonly string[]): void;
  /** Nobody decides any more: this node does not know who should. */
  suspend(): void;
  /** `prepare`, then the only role. Throws BundleRefused; the old one then stays. */
  activate(bundle: Bundle): Promise<void>;
  /** Throws CountersignError 503 on any fault. */
  decide(input: PolicyInput): Promise<Evaluation>;
  /** What the trials that run now came to. */
  trials(): readonly TrialCounts[];
  counters(): EngineCounters;
}

export const DEFAULT_ENTRYPOINT = 'countersign/decision';
const DEFAULT_INPUT_MAX_BYTES = 256 * 1024;
/** Comparisons that may wait for a free moment. */
const COMPARISONS_WAITING = 256;

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
  private past = addUp([]);
  private activations = 0;

  constructor(private readonly options: PolicyEngineOptions) {
    this.entrypoint = options.entrypoint ?? DEFAULT_ENTRYPOINT;
    this.monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.later = new DeferredWork(COMPARISONS_WAITING, options.runLater);
  }

  async prepare(bundle: Bundle, { knownInput, evenIfRefused }: PrepareOptions = {}): Promise<void> {
    const { builtins = hostBuiltins, limits = DEFAULT_INSTANCE_LIMITS } = this.options;
    const refusals = await unsafeProblems(bundle);
    if (refusals.length > 0 && evenIfRefused !== true) {
      throw new BundleRefused('unsafe_builtin', refusals);
    }
    const instance = await makeInstance(bundle, this.entrypoint, builtins, limits);
    const breaker = this.options.breaker ?? DEFAULT_BREAKER;
    const answer = new KnownAnswer(instance, await recordAnswer(instance, bundle, knownInput));
    const { monotonicMs } = this;
    const fresh = new LoadedBundle(bundle, instance, answer, refusals, breaker, monotonicMs);
    const old = this.loaded.get(bundle.digest);
    this.loaded.set(bundle.digest, fresh);
    // Made anew while it has a role: the role goes over, and a breaker that had tripped is closed.
    if (old !== undefined && this.active === old) this.active = fresh;
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
    const needed = new Set([
      ...keep,
      ...[active, canary?.bundle, shadow?.bundle].flatMap((one) => one?.digest ?? []),
    ]);
    for (const [digest, bundle] of this.loaded) {
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
      return Promise.reject(unavailable(`policy engine: ${fault.fault}: ${fault.message}`, fault));
    }
  }

  trials(): readonly TrialCounts[] {
    return [this.canary, this.shadow].flatMap((trial) => trial?.counts() ?? []);
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
    const evaluation = active.evaluate(encoded);
    if (shadow !== undefined) {
      this.compareLater(shadow, () => {
        shadow.record(tryOutcome(shadow.bundle, encoded, input), outcomeOf(evaluation, input));
      });
    }
    return evaluation;
  }

  /** A canary that fails is counted, and the active bundle decides: one evaluation more, and no error outside. */
  private tryCanary(
    canary: Trial,
    active: LoadedBundle,
    encoded: EncodedInput,
    input: PolicyInput,
  ): Evaluation {
    let evaluation: Evaluation;
    try {
      evaluation = canary.bundle.evaluate(encoded);
    } catch (error) {
      if (error instanceof EngineFault) this.faults[error.fault] += 1;
      const instead = active.evaluate(encoded);
      canary.record('error', outcomeOf(instead, input));
      return instead;
    }
    this.compareLater(canary, () => {
      canary.record(outcomeOf(evaluation, input), tryOutcome(active, encoded, input));
    });
    return evaluation;
  }

  private compareLater(trial: Trial, compare: () => void): void {
    const taken = this.later.offer(() => {
      try {
        compare();
      } catch {
        // Nobody waits for it: a defect here must not end the process.
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
    const percent = 'percent' in wanted ? wanted.percent : 100;
    const same =
      present?.bundle === bundle &&
      present.sinceMs === wanted.since_ms &&
      present.percent === percent;
    return same ? present : new Trial(role, bundle, percent, wanted.since_ms);
  }

  private required(digest: string): LoadedBundle {
    const bundle = this.loaded.get(digest);
    if (bundle === undefined) throw new EngineFault('no_bundle', 'a bundle is not ready');
    return bundle;
  }

  /** Its counts stay, its memory goes. */
  private retire(bundle: LoadedBundle): void {
    this.past = addUp([bundle], this.past);
  }
}
