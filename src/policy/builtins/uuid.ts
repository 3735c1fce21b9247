import type { HostBuiltin } from './host-builtin.js';
import { BuiltinError } from './host-builtin.js';
import { exact, text } from './operands.js';

export const uuidBuiltins: Readonly<Record<string, HostBuiltin>> = {
  'uuid.parse': { arity: 1, call: (value) => parseUuid(text(value)) },
};

const UUID =
  /^(?:urn:uuid:)?\{?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\}?$/;
/** 100 ns steps between the Gregorian reform and the Unix epoch (RFC 9562 section 5.1). */
const GREGORIAN_STEPS = 122_192_928_000_000_000n;
const DOMAINS = ['Person', 'Group', 'Org'];

/** Returns version and variant, and the RFC 4122 members of versions 1 and 2, under OPA's names. */
function parseUuid(value: string): Record<string, unknown> {
  const found = UUID.exec(value.toLowerCase());
  const [, low = '', mid = '', high = '', clock = '', node = ''] = found ?? [];
  if (found === null) throw new BuiltinError('an operand is not a UUID');
  const version = Number.parseInt(high.slice(0, 1), 16);
  const out = { version, variant: variantOf(Number.parseInt(clock.slice(0, 1), 16)) };
  if (version !== 1 && version !== 2) return out;
  const steps = BigInt(`0x${high.slice(1)}${mid}${low}`) - GREGORIAN_STEPS;
  const stamped = {
    ...out,
    time: exact(steps * 100n),
    nodeid: node.replace(/..(?=.)/g, '$&-'),
    macvariables: macVariables(Number.parseInt(node.slice(0, 2), 16)),
    clocksequence: Number.parseInt(clock, 16) & 0x3fff,
  };
  if (version === 1) return stamped;
  const domain = Number.parseInt(clock.slice(2), 16);
  return {
    ...stamped,
    id: Number.parseInt(low, 16),
    domain: DOMAINS[domain] ?? `Domain${String(domain)}`,
  };
}

function variantOf(nibble: number): string {
  if ((nibble & 0b1100) === 0b1000) return 'RFC4122';
  if ((nibble & 0b1110) === 0b1100) return 'Microsoft';
  return (nibble & 0b1110) === 0b1110 ? 'Future' : 'Reserved';
}

function macVariables(first: number): string {
  const scope = (first & 0b10) !== 0 ? 'local' : 'global';
  return `${scope}:${(first & 0b01) !== 0 ? 'multicast' : 'unicast'}`;
}
