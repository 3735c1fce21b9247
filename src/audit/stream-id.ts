const SHAPE = /^(0|[1-9][0-9]{0,15})-(0|[1-9][0-9]{0,15})$/;

/** Before everything in a stream. */
export const STREAM_START = '0-0';

/** The two numbers of `<tick>-<seq>`. Throws on anything else. */
export function parseStreamId(id: string): { readonly tickMs: number; readonly seq: number } {
  const match = SHAPE.exec(id);
  if (match === null) throw new Error('a stream id must be <tick>-<seq>');
  return { tickMs: Number(match[1]), seq: Number(match[2]) };
}

/** Negative, zero or positive as `a` is before, at or after `b` in a stream. */
export function compareStreamIds(a: string, b: string): number {
  const left = parseStreamId(a);
  const right = parseStreamId(b);
  return left.tickMs - right.tickMs || left.seq - right.seq;
}
