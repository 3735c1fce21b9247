import { classifyFault, EngineFault, type FaultClass } from '../serving/fault.js';
import { EVALUATION_FUEL } from './fuel/cost.js';
import { budgetFault } from './fuel/tank.js';
import { build, revive, run, type InstanceOptions, type Live } from './live.js';

export { PAGE_BYTES, type InstanceOptions } from './live.js';

/** Faults that corrupt memory may have caused, so the memory is discarded. */
const NOTHING_TRUSTED: ReadonlySet<FaultClass> = new Set([
  'trap',
  // Fuel may end in the middle of any change to memory.
  'budget',
  'out_of_memory',
  'result_unreadable',
  'unknown',
]);

/**
 * Share of the budget above which an evaluation after a heap reset is repeated on a fresh instance.
 * Such an evaluation was measured to differ by about 1,000 units.
 */
const NEAR = 0.5;

/** Fuel ended in an instance that had evaluated before. */
class UsedBefore extends Error {}

/**
 * One compiled policy with its data, ready to evaluate.
 * Every throw out of WASM leaks its shadow stack, so an instance that threw is replaced before the next evaluation. An
 * instance with grown memory is recreated, since memory never shrinks. Not re-entrant.
 */
export class PolicyInstance {
  /** Number of instances that replaced one that threw. */
  replacements = 0;
  /** Number of instances recreated with a new memory after growth. */
  recycles = 0;
  /** Number of instances recreated with a new memory after possible corruption. */
  rebuilds = 0;
  /** Incremented when the instance is replaced or dropped. */
  generation = 0;
  /** Units of fuel that the last evaluation used. */
  fuelUsed = 0;
  /** Number of evaluations that used up their fuel and were decided by a spare. */
  secondRuns = 0;
  private live: Live | undefined;
  /** A fresh instance with its own memory, for an evaluation that used up its fuel. */
  private spare: Live | undefined;
  private spareKept = false;
  private spareDue = false;
  private busy = false;

  /**
   * Creates the instance.
   * Throws EngineFault; `missing_builtin` names the builtins without an implementation.
   */
  constructor(private readonly options: InstanceOptions) {
    this.live = build(options);
  }

  /** Returns an instance of this compiled code with a separate memory, as after a heap reset. Throws EngineFault. */
  another(fuel = this.fuel): PolicyInstance {
    const { runLater: _, asFresh: __, ...options } = this.options;
    return new PolicyInstance({ ...options, fuel });
  }

  /** Units of fuel that one evaluation may use. */
  get fuel(): number {
    return this.options.fuel ?? EVALUATION_FUEL;
  }

  get memoryBytes(): number {
    return this.live?.imports.memory.buffer.byteLength ?? 0;
  }

  /**
   * Evaluates the entrypoint over JSON text.
   * Returns the text of the result set, with one result or none; undefined when it exceeds `resultMaxBytes`. Throws
   * EngineFault, with `result_unreadable` for any other text. The next evaluation works after every fault.
   */
  evaluate(input: Uint8Array): string | undefined {
    if (this.busy) throw new EngineFault('reentrant', 'evaluate was called during an evaluation');
    this.busy = true;
    try {
      const result = this.evaluateOnce(input);
      const near = this.options.asFresh === true && this.fuelUsed > this.fuel * NEAR;
      return near ? this.evaluateElsewhere(input) : result;
    } catch (error) {
      if (!(error instanceof UsedBefore)) throw error;
      // The heap of a used instance affects its fuel. A fresh one decides, so that every node decides alike.
      this.secondRuns += 1;
      return this.evaluateOnce(input);
    } finally {
      this.busy = false;
    }
  }

  /** Evaluates on a fresh instance, whose fuel decides. Throws EngineFault. */
  private evaluateElsewhere(input: Uint8Array): string | undefined {
    const fresh = this.another();
    try {
      return fresh.evaluate(input);
    } finally {
      this.fuelUsed = fresh.fuelUsed;
    }
  }

  /** Throws UsedBefore when fuel ended in an instance that was not fresh. */
  private evaluateOnce(input: Uint8Array): string | undefined {
    const fresh = this.live?.used !== true;
    try {
      this.live ??= build(this.options);
      const result = run(this.live, this.options, input);
      this.fuelUsed = this.fuel - this.live.fuel.left;
      this.recycleIfGrown(this.live);
      return result;
    } catch (error) {
      const fault = classifyFault(budgetFault(error, this.live?.fuel, 'the evaluation'));
      this.fuelUsed = this.fuel - (this.live?.fuel.left ?? 0);
      this.replace(fault);
      throw fault.fault === 'budget' && !fresh ? new UsedBefore() : fault;
    }
  }

  /** Recreates the instance with a new memory. After a failure, the next evaluation retries or throws. */
  rebuild(): void {
    this.live = this.spare;
    this.spare = undefined;
    this.generation += 1;
    this.rebuilds += 1;
    try {
      this.live ??= build(this.options);
    } catch {
      // Left undefined for the next evaluation.
    }
    this.prepareSpare();
  }

  /** Sets whether a spare is kept ready, which takes as much memory as the instance; for bundles that decide. */
  keepSpare(kept: boolean): void {
    this.spareKept = kept;
    if (kept) this.prepareSpare();
    else this.spare = undefined;
  }

  private prepareSpare(): void {
    const { runLater } = this.options;
    const enough = this.spareDue || this.spare !== undefined;
    if (runLater === undefined || !this.spareKept || enough) return;
    this.spareDue = true;
    runLater(() => {
      this.spareDue = false;
      if (!this.spareKept) return;
      try {
        this.spare ??= build(this.options);
      } catch {
        // The next rebuild builds one or reports why it cannot.
      }
    });
  }

  private recycleIfGrown(live: Live): void {
    live.firstBytes ??= this.memoryBytes;
    if (this.memoryBytes - live.firstBytes <= this.options.recycleGrowthBytes) return;
    // Dropped first, so that the next evaluation retries a failed build.
    this.live = undefined;
    this.generation += 1;
    this.recycles += 1;
    this.live = build(this.options);
  }

  private replace({ fault }: EngineFault): void {
    const poisoned = this.live;
    this.replacements += 1;
    // An abort does not change the loaded data.
    if (poisoned === undefined || NOTHING_TRUSTED.has(fault)) {
      this.rebuild();
      return;
    }
    this.live = undefined;
    this.generation += 1;
    try {
      this.live = revive(poisoned, this.options);
    } catch {
      // Left undefined: the next evaluation builds it or throws.
    }
  }
}
