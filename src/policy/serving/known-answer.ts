import { EngineFault } from './fault.js';
import type { PolicyInstance } from '../wasm/instance.js';

/** An input and the bytes of the result set it had when the bundle was loaded. */
export interface RecordedAnswer {
  readonly input: Uint8Array;
  readonly text: string;
}

/** Misses in a row after which nothing is decided: the first one and the one on a new memory. */
const MISSES_TO_FAIL = 2;

/**
 * Shows that an instance still decides as it did when it was loaded. A miss gives the instance a new memory and asks
 * again; a second miss means that a new memory does not help, and then nothing is decided until the answer is given.
 */
export class KnownAnswer {
  checks = 0;
  misses = 0;
  private missesInARow = 0;
  /** Generation of the instance that gave the answer last. */
  private verified: number;

  constructor(
    private readonly instance: PolicyInstance,
    private readonly recorded: RecordedAnswer,
  ) {
    this.verified = instance.generation;
  }

  /** Two misses in a row. */
  get failing(): boolean {
    return this.missesInARow >= MISSES_TO_FAIL;
  }

  /** Asks, whatever was known before. Never throws. */
  check(): void {
    if (this.ask()) return;
    this.instance.rebuild();
    this.ask();
  }

  /** Asks when another instance took the place of the one that answered. Never throws. */
  checkIfReplaced(): void {
    if (!this.failing && this.instance.generation !== this.verified) this.check();
  }

  /** Throws EngineFault `known_answer` while it fails. */
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
