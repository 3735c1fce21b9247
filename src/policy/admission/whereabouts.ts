const HEADER_BYTES = 8;
const ACTIVITY_BYTES = 512;
const INPUT_BYTES = 4096;

/**
 * What the thread is doing, in memory that both sides see: a thread that never comes back from an evaluation can
 * post nothing any more, and whoever ends it still wants to know what it was busy with.
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

  /** Says what begins now; nothing is evaluated yet. */
  doing(activity: string): void {
    this.lengths[1] = 0;
    this.lengths[0] = this.encoder.encodeInto(activity, this.activity).written;
  }

  /** An evaluation begins. An input too large for the memory is known by its length alone. */
  evaluating(input: Uint8Array): void {
    if (input.length <= INPUT_BYTES) this.input.set(input);
    this.lengths[1] = input.length;
  }

  evaluated(): void {
    this.lengths[1] = 0;
  }

  /** For whoever ended the thread: one line. */
  describe(): string {
    const length = this.lengths[1] ?? 0;
    const activity = textOf(this.activity, this.lengths[0] ?? 0);
    if (length === 0) return activity;
    const input =
      length > INPUT_BYTES ? `an input of ${String(length)} bytes` : textOf(this.input, length);
    return `${activity}, evaluating ${input}`;
  }
}

/** A copy is decoded: a text decoder takes no shared memory. */
function textOf(bytes: Uint8Array, length: number): string {
  return Buffer.from(bytes.subarray(0, length)).toString('utf8');
}
