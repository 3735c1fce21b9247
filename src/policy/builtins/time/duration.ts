import { BuiltinError } from '../host-builtin.js';

const UNIT_NANOS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const HOURS: Readonly<Record<string, number>> = { d: 24, w: 168, y: 8760 };

const SEGMENT = /([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h|d|w|y)/y;

/**
 * Parses like Go's time.ParseDuration with OPA's `d`, `w` and `y`, in nanoseconds.
 * Throws BuiltinError.
 */
export function parseDuration(text: string): bigint {
  const sign = /^[+-]/.test(text) ? text.slice(0, 1) : '';
  const body = text.slice(sign.length);
  if (body === '0') return 0n;
  let total = 0n;
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < body.length || body === '') {
    const found = SEGMENT.exec(body);
    if (found === null) throw new BuiltinError(`${JSON.stringify(text)} is not a duration`);
    total += segmentNanos(found[1] ?? '', found[2] ?? '', found[3] ?? '', text);
  }
  const signed = sign === '-' ? -total : total;
  if (BigInt.asIntN(64, signed) !== signed) throw new BuiltinError('the duration is too long');
  return signed;
}

function segmentNanos(whole: string, fraction: string, unit: string, text: string): bigint {
  if (whole === '' && fraction === '') {
    throw new BuiltinError(`${JSON.stringify(text)} is not a duration`);
  }
  const hours = HOURS[unit];
  if (hours !== undefined) {
    const [w = '0', f = ''] = String(Number(`${whole || '0'}.${fraction || '0'}`) * hours).split(
      '.',
    );
    return segmentNanos(w, f, 'h', text);
  }
  const nanos = UNIT_NANOS[unit] ?? 0n;
  const part = fraction === '' ? 0 : Number(fraction) * (Number(nanos) / 10 ** fraction.length);
  return BigInt(whole || '0') * nanos + BigInt(Math.trunc(part));
}
