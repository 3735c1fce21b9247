import type { Directive } from './directive.js';

const RADIX: Readonly<Record<string, readonly [radix: number, prefix: string]>> = {
  b: [2, '0b'],
  o: [8, '0'],
  O: [8, '0o'],
  x: [16, '0x'],
  X: [16, '0X'],
};

/** Undefined when Go knows no such verb for whole numbers. */
export function formatInteger(value: bigint, directive: Directive): string | undefined {
  const { verb, flags, precision } = directive;
  const magnitude = value < 0n ? -value : value;
  if (verb === 'd' || verb === 'v') {
    return signOf(value < 0n, flags) + magnitude.toString().padStart(precision ?? 0, '0');
  }
  const known = RADIX[verb];
  if (known === undefined) return verb === 'c' || verb === 'U' ? character(value, verb) : undefined;
  const [radix, prefix] = known;
  const digits = magnitude.toString(radix).padStart(precision ?? 0, '0');
  const shown = verb === 'X' ? digits.toUpperCase() : digits;
  const marked = verb === 'O' || flags.includes('#') ? prefix : '';
  return signOf(value < 0n, flags) + marked + shown;
}

function character(value: bigint, verb: string): string {
  const valid = value >= 0n && value <= 0x10ffffn && (value < 0xd800n || value > 0xdfffn);
  if (verb === 'c') return String.fromCodePoint(valid ? Number(value) : 0xfffd);
  return `U+${value.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Undefined when Go knows no such verb for floats. */
export function formatFloat(value: number, directive: Directive): string | undefined {
  const { verb, flags, precision } = directive;
  const magnitude = Math.abs(value);
  const text = magnitudeText(magnitude, verb, precision);
  return text === undefined ? undefined : signOf(value < 0, flags) + text;
}

function magnitudeText(value: number, verb: string, precision = -1): string | undefined {
  switch (verb) {
    case 'f':
    case 'F':
      return value.toFixed(Math.min(precision < 0 ? 6 : precision, 100));
    case 'e':
      return goExponent(value.toExponential(Math.min(precision < 0 ? 6 : precision, 100)));
    case 'E':
      return magnitudeText(value, 'e', precision)?.toUpperCase();
    case 'g':
    case 'v':
      return general(value, precision);
    case 'G':
      return general(value, precision).toUpperCase();
    default:
      return undefined;
  }
}

/**
 * Go's %g: as few digits as say the number (or `precision` of them), with an exponent below 1e-4 and from 1e6
 * on, or from as many digits on as were asked for.
 */
function general(value: number, precision: number): string {
  const asked = precision < 0 ? undefined : Math.max(precision, 1);
  const exponential = value.toExponential(asked === undefined ? undefined : asked - 1);
  const [mantissa = '0', exponentText = '0'] = exponential.split('e');
  const exponent = Number(exponentText);
  const shortest = mantissa.replace(/(\.[0-9]*?)0+$/, '$1').replace(/\.$/, '');
  const digits = shortest.replace('.', '').length;
  const fitted = asked !== undefined && asked > digits && digits > exponent ? digits : asked;
  if (exponent < -4 || exponent >= (fitted ?? 6)) return goExponent(`${shortest}e${exponentText}`);
  return value.toFixed(Math.min(100, Math.max(0, digits - 1 - exponent)));
}

/** At least two digits of exponent. */
function goExponent(text: string): string {
  return text.replace(/e([+-])([0-9])$/, 'e$10$2');
}

function signOf(negative: boolean, flags: string): string {
  if (negative) return '-';
  return flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
}
