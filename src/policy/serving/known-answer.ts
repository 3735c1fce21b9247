import { EngineFault } from './fault.js';
import type { PolicyInstance } from '../wasm/instance.js';

/** An input and the bytes of its result set from when the bundle was loaded. */
export interface RecordedAnswer {
  readonly input: Uint8Array;
  readonly text: string;
}

/** Consecutive misses until no decisions are made: the first one and the one on a new memory. */
const MISSES_TO_FAIL = 2;

/**
 * Verifies that an instance still decides as when it was loaded.
 * A miss gives the instance a new memory and evaluates again. After a second miss no decisions are made until the
 * answer is right again.
 */
export class KnownAnswer {
  checks = 0;
  misses = 0;
  private missesInARow = 0;
  /** Generation of the instance that last answered correctly. */
  private verified: number;

  constructor(
    private readonly instance: PolicyInstance,
    private readonly recorded: RecordedAnswer,
  ) {
    this.verified = instance.generation;
  }

  /** True after two misses in a row. */
  get failing(): boolean {
    return this.missesInARow >= MISSES_TO_FAIL;
  }

  /** Evaluates the known answer now. Never throws. */
  check(): void {
    if (this.ask()) return;
    this.instance.rebuild();
    this.ask();
  }

  /** Evaluates the known answer when the instance was replaced since the last check. Never throws. */
  checkIfReplaced(): void {
    if (!this.failing && this.instance.generation !== this.verified) this.check();
  }

  /** Requires a working instance. Throws EngineFault `known_answer` while the check fails. */
  require(): void {
    this.checkIfReplaced();
    if (this.failing) {
      throw new EngineFault('known_answer', 'the policy does not decide as when it was loaded');
    }
  }

  private ask(): boolean {
    const { generation } = this.instance;
    this.checks += 1;
    const given = this.given();
    if (given) {
      this.missesInARow = 0;
      this.verified = generation;
    } else {
      this.missesInARow += 1;
      this.misses += 1;
    }
    return given;
  }

  private given(): boolean {
    try {
      return this.instance.evaluate(this.recorded.input) === this.recorded.text;
    } catch {
      return false;
    }
  }
}
