const HEADER_BYTES = 8;
const ACTIVITY_BYTES = 512;
const INPUT_BYTES = 4096;

/**
 * The current activity of the thread, in shared memory.
 * A thread stuck in an evaluation can post no message, but its caller still needs to report the activity.
 */
export class Whereabouts {
  private readonly lengths: Int32Array;
  private readonly activity: Uint8Array;
  private readonly input: Uint8Array;
  private readonly encoder = new TextEncoder();

  constructor(shared: SharedArrayBuffer) {
    this.lengths = new Int32Array(shared, 0, 2);
    this.activity = new Uint8Array(shared, HEADER_BYTES, ACTIVITY_BYTES);
    this.input = new Uint8Array(shared, HEADER_BYTES + ACTIVITY_BYTES, INPUT_BYTES);
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(HEADER_BYTES + ACTIVITY_BYTES + INPUT_BYTES);
  }

  /** Records an activity; no evaluation has started. */
  doing(activity: string): void {
    this.lengths[1] = 0;
    this.lengths[0] = this.encoder.encodeInto(activity, this.activity).written;
  }

  /** Records the start of an evaluation. An input too large for the memory is recorded by its length. */
  evaluating(input: Uint8Array): void {
    if (input.length <= INPUT_BYTES) this.input.set(input);
    this.lengths[1] = input.length;
  }

  evaluated(): void {
    this.lengths[1] = 0;
  }

  /** Describes the activity in one line, for the caller that ended the thread. */
  describe(): string {
    const length = this.lengths[1] ?? 0;
    const activity = textOf(this.activity, this.lengths[0] ?? 0);
    if (length === 0) return activity;
    const input =
      length > INPUT_BYTES ? `an input of ${String(length)} bytes` : textOf(this.input, length);
    return `${activity}, evaluating ${input}`;
  }
}

/** Decodes a copy, because a text decoder refuses shared memory. */
function textOf(bytes: Uint8Array, length: number): string {
  return Buffer.from(bytes.subarray(0, length)).toString('utf8');
}
