import { createHash } from 'node:crypto';
import { unavailable } from '../domain/errors.js';
import type { Evaluation, PolicyInput, PolicyResult } from '../domain/policy.js';
import type { PolicyDecisionPoint } from '../domain/ports.js';
import { DEFAULT_INSTANCE_LIMITS, makeInstance, type InstanceLimits } from './activate.js';
import { DEFAULT_BREAKER, EvaluationBreaker, type BreakerOptions } from './breaker.js';
import type { Bundle } from './bundle/read.js';
import type { HostBuiltins } from './builtins/host-builtin.js';
import { hostBuiltins } from './builtins/index.js';
import { noFaults, type EngineCounters } from './counters.js';
import { EngineFault } from './fault.js';
import { canonicalJson, NotCanonical } from './json/canonical.js';
import { readResult } from './result.js';
import type { PolicyInstance } from './wasm/instance.js';

export interface PolicyEngineOptions {
  /** As the manifest names it; `countersign/decision` by default. */
  readonly entrypoint?: string;
  readonly limits?: InstanceLimits;
  readonly inputMaxBytes?: number;
  readonly breaker?: BreakerOptions;
  /** Milliseconds of a monotonic clock. */
  readonly monotonicMs?: () => number;
  readonly builtins?: HostBuiltins;
}

/** Decides with the active bundle. Until a bundle is active, everything is refused. */
export interface PolicyEngine extends PolicyDecisionPoint {
  readonly entrypoint: string;
  /** Builds, checks and warms the bundle, then swaps it in. Throws BundleRefused; the old one then stays. */
  activate(bundle: Bundle): Promise<void>;
  counters(): EngineCounters;
}

export const DEFAULT_ENTRYPOINT = 'countersign/decision';
const DEFAULT_INPUT_MAX_BYTES = 256 * 1024;

export function createPolicyEngine(options: PolicyEngineOptions = {}): PolicyEngine {
  return new Engine(options);
}

interface Active {
  readonly instance: PolicyInstance;
  readonly revision: string;
  readonly breaker: EvaluationBreaker;
}

class Engine implements PolicyEngine {
  readonly entrypoint: string;
  private active: Active | undefined;
  private readonly monotonicMs: () => number;
  private readonly faults = noFaults();
  private evaluations = 0;
  private evaluationMicrosTotal = 0;
  private resultsRefused = 0;
  private activations = 0;
  private retired = { replacements: 0, recycles: 0 };

  constructor(private readonly options: PolicyEngineOptions) {
    this.entrypoint = options.entrypoint ?? DEFAULT_ENTRYPOINT;
    this.monotonicMs = options.monotonicMs ?? (() => performance.now());
  }

  async activate(bundle: Bundle): Promise<void> {
    const instance = await makeInstance(
      bundle,
      this.entrypoint,
      this.options.builtins ?? hostBuiltins,
      this.options.limits ?? DEFAULT_INSTANCE_LIMITS,
    );
    const old = this.active?.instance;
    if (old !== undefined) {
      this.retired = {
        replacements: this.retired.replacements + old.replacements,
        recycles: this.retired.recycles + old.recycles,
      };
    }
    const breaker = new EvaluationBreaker(this.options.breaker ?? DEFAULT_BREAKER);
    this.active = { instance, revision: bundle.revision, breaker };
    this.activations += 1;
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

  counters(): EngineCounters {
    const instance = this.active?.instance;
    return {
      evaluations: this.evaluations,
      evaluationMicrosTotal: this.evaluationMicrosTotal,
      faults: { ...this.faults },
      resultsRefused: this.resultsRefused,
      instanceReplacements: this.retired.replacements + (instance?.replacements ?? 0),
      instanceRecycles: this.retired.recycles + (instance?.recycles ?? 0),
      activations: this.activations,
      memoryBytes: instance?.memoryBytes ?? 0,
      breakerOpen: this.active?.breaker.isOpen(this.monotonicMs()) ?? false,
    };
  }

  private evaluate(input: PolicyInput): Evaluation {
    const { active } = this;
    if (active === undefined) throw new EngineFault('no_bundle', 'no bundle is active');
    if (active.breaker.isOpen(this.monotonicMs()))
      throw new EngineFault('breaker', 'evaluations of this bundle are slow');
    const { text: inputText, bytes } = this.encode(input);
    const inputDigest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    const startMs = this.monotonicMs();
    let text: string | undefined;
    let tookMs: number;
    try {
      text = active.instance.evaluate(bytes);
    } finally {
      const nowMs = this.monotonicMs();
      tookMs = nowMs - startMs;
      active.breaker.record(nowMs, tookMs);
      this.evaluations += 1;
      this.evaluationMicrosTotal += tookMs * 1000;
    }
    const result = this.read(text);
    const { revision } = active;
    return { result, revision, inputDigest, inputText, evaluationMicros: tookMs * 1000 };
  }

  /** The canonical text is what is hashed and what is evaluated, so the order of keys cannot matter. */
  private encode(input: PolicyInput): { readonly text: string; readonly bytes: Buffer } {
    let text: string;
    try {
      text = canonicalJson(input);
    } catch (error) {
      if (error instanceof NotCanonical) throw new EngineFault('input_invalid', error.message);
      throw error;
    }
    const bytes = Buffer.from(text);
    if (!text.startsWith('{')) throw new EngineFault('input_invalid', 'the input is no object');
    if (bytes.length > (this.options.inputMaxBytes ?? DEFAULT_INPUT_MAX_BYTES)) {
      throw new EngineFault('input_invalid', 'the input is too large');
    }
    return { text, bytes };
  }

  /** What is not the contract, or asks for what nobody enforces yet, is a denial (I4). */
  private read(text: string | undefined): PolicyResult {
    const checked = readResult(text);
    if (!checked.ok) {
      this.resultsRefused += 1;
      return denial('policy_result_invalid', 'The policy gave no valid decision.');
    }
    const { grant } = checked.value;
    if (grant?.authorization_details !== undefined || grant?.max_uses !== undefined) {
      this.resultsRefused += 1;
      return denial('result_member_not_enforced', 'The decision needs what is not enforced yet.');
    }
    return checked.value;
  }
}

function denial(code: string, message: string): PolicyResult {
  return {
    effect: 'deny',
    reasons: [{ rule: 'countersign.engine', code, message }],
    obligations: [],
  };
}
