import { withoutTrailingZeros } from '../trailing-zeros.js';
import type { Directive } from './directive.js';

const RADIX: Readonly<Record<string, readonly [radix: number, prefix: string]>> = {
  b: [2, '0b'],
  o: [8, '0'],
  O: [8, '0o'],
  x: [16, '0x'],
  X: [16, '0X'],
};

/** Formats an integer; undefined when Go has no such verb for integers. */
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

/** Formats a float; undefined when Go has no such verb for floats. */
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
      return fixed(value, Math.min(precision < 0 ? 6 : precision, MAX_DIGITS));
    case 'e':
      return goExponent(exponential(value, Math.min(precision < 0 ? 6 : precision, MAX_DIGITS)));
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

/** Maximum digits in JavaScript; exact for every number that could lie half way. */
const MAX_DIGITS = 100;

/** Formats with fixed digits. Go rounds exact halves to even, JavaScript rounds them up. */
function fixed(value: number, digits: number): string {
  // Above this JavaScript writes an exponent, and the fraction is zero.
  if (value >= 1e21) return BigInt(value).toString() + (digits > 0 ? `.${'0'.repeat(digits)}` : '');
  return toEven(value.toFixed(digits), value.toFixed(MAX_DIGITS), digits);
}

function exponential(value: number, digits: number): string {
  const [shown = '', exponent = ''] = value.toExponential(digits).split('e');
  const [exact = '', exactExponent] = value.toExponential(MAX_DIGITS).split('e');
  // Rounded up to the next power of ten: the digit that went up was a nine, which is odd.
  if (exponent !== exactExponent) return `${shown}e${exponent}`;
  return `${toEven(shown, exact, digits)}e${exponent}`;
}

function toEven(rounded: string, exact: string, digits: number): string {
  const point = exact.indexOf('.');
  if (!/^50*$/.test(exact.slice(point + 1 + digits))) return rounded;
  const cut = digits === 0 ? exact.slice(0, point) : exact.slice(0, point + 1 + digits);
  return /[02468]$/.test(cut) ? cut : rounded;
}

/**
 * Formats like Go's %g: the fewest exact digits, or `precision` of them.
 * Uses an exponent below 1e-4 and from 1e6 on, or from the requested number of digits on.
 */
function general(value: number, precision: number): string {
  const asked = precision < 0 ? undefined : Math.max(precision, 1);
  const scientific =
    asked === undefined
      ? value.toExponential()
      : exponential(value, Math.min(asked, MAX_DIGITS) - 1);
  const [mantissa = '0', exponentText = '0'] = scientific.split('e');
  const exponent = Number(exponentText);
  const shortest = mantissa.includes('.')
    ? withoutTrailingZeros(mantissa).replace(/\.$/, '')
    : mantissa;
  const digits = shortest.replace('.', '').length;
  const fitted = asked !== undefined && asked > digits && digits > exponent ? digits : asked;
  if (exponent < -4 || exponent >= (fitted ?? 6)) return goExponent(`${shortest}e${exponentText}`);
  return fixed(value, Math.min(MAX_DIGITS, Math.max(0, digits - 1 - exponent)));
}

/** Pads the exponent to at least two digits. */
function goExponent(text: string): string {
  return text.replace(/e([+-])([0-9])$/, 'e$10$2');
}

function signOf(negative: boolean, flags: string): string {
  if (negative) return '-';
  return flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
}
