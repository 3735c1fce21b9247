/** Tokens are counted by minute, so that memory does not grow with their number. */
const MINUTE_MS = 60_000;

/** Counts the unexpired tokens of an agent, to the minute. */
export class HeldTokens {
  private readonly byMinute = new Map<number, number>();

  add(expiresAtMs: number): void {
    const minute = Math.ceil(expiresAtMs / MINUTE_MS);
    this.byMinute.set(minute, (this.byMinute.get(minute) ?? 0) + 1);
    if (this.byMinute.size > 2 * 1440) this.forget(minute - 1440);
  }

  activeAt(nowMs: number): number {
    this.forget(Math.ceil(nowMs / MINUTE_MS));
    let active = 0;
    for (const count of this.byMinute.values()) active += count;
    return active;
  }

  cut(): void {
    this.byMinute.clear();
  }

  private forget(beforeMinute: number): void {
    for (const minute of this.byMinute.keys()) {
      if (minute < beforeMinute) this.byMinute.delete(minute);
    }
  }
}
