import type { Term } from '../json/terms.js';
import { BuiltinError, type HostBuiltin } from './host-builtin.js';
import { text } from './operands.js';

export const semverBuiltins: Readonly<Record<string, HostBuiltin>> = {
  'semver.is_valid': {
    arity: 1,
    call: (value) => typeof value === 'string' && parse(value) !== undefined,
  },
  'semver.compare': { arity: 2, call: (a, b) => compare(version(a), version(b)) },
};

interface Version {
  readonly numbers: readonly bigint[];
  readonly prerelease: readonly string[];
}

const VERSION =
  /^v?(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/;
const MAX_DIGITS = 18;

function parse(value: string): Version | undefined {
  const found = VERSION.exec(value);
  if (found === null) return undefined;
  const numbers = found.slice(1, 4);
  if (numbers.some((digits) => digits.length > MAX_DIGITS)) return undefined;
  const prerelease = found[4]?.split('.') ?? [];
  const build = found[5]?.split('.') ?? [];
  if ([...prerelease, ...build].includes('')) return undefined;
  if (prerelease.some((part) => /^0[0-9]+$/.test(part))) return undefined;
  return { numbers: numbers.map(BigInt), prerelease };
}

function version(operand: Term | undefined): Version {
  const parsed = parse(text(operand));
  if (parsed === undefined) throw new BuiltinError('an operand is not a semantic version');
  return parsed;
}

/** Compares versions (Semantic Versioning 2.0.0, section 11). */
function compare(a: Version, b: Version): number {
  for (const [i, left] of a.numbers.entries()) {
    const right = b.numbers[i] ?? 0n;
    if (left !== right) return left < right ? -1 : 1;
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) {
    return Math.sign(b.prerelease.length - a.prerelease.length);
  }
  for (let i = 0; i < Math.min(a.prerelease.length, b.prerelease.length); i++) {
    const order = compareIdentifiers(a.prerelease[i] ?? '', b.prerelease[i] ?? '');
    if (order !== 0) return order;
  }
  return Math.sign(a.prerelease.length - b.prerelease.length);
}

function compareIdentifiers(a: string, b: string): number {
  const [aNumber, bNumber] = [/^[0-9]+$/.test(a), /^[0-9]+$/.test(b)];
  if (aNumber && bNumber) return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
  if (aNumber !== bNumber) return aNumber ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
